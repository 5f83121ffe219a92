/** Requests in Go, with its standard library. */
import { addressOf, headersOf, PAYLOAD, TOKEN, type Call } from "../call.ts";
import { doubleQuoted, jsonLine, jsonText } from "../quote.ts";

const CHECK = "\tif err != nil {\n\t\tpanic(err)\n\t}";

/** A program. */
export function go(call: Call, base: string): string {
  if (call.topic !== undefined) return stream(call, call.topic, base);
  const imports = new Set(["fmt", "io", "net/http"]);
  const lines: string[] = [];
  let address = doubleQuoted(addressOf(call, base));
  if (Object.keys(call.query).length > 0) {
    imports.add("net/url");
    lines.push("\tquery := url.Values{", ...queryLines(call), "\t}");
    address += ' + "?" + query.Encode()';
  }
  lines.push(...bodyLines(call, imports));
  const body = call.files ? "&form" : call.body ? "body" : "nil";
  lines.push(`\trequest, err := http.NewRequest("${call.method}", ${address}, ${body})`, CHECK);
  for (const [name, value] of headersOf(call)) {
    lines.push(`\trequest.Header.Set(${doubleQuoted(name)}, ${doubleQuoted(value)})`);
  }
  if (call.files) {
    lines.push('\trequest.Header.Set("Content-Type", parts.FormDataContentType())');
  }
  lines.push(
    "\tanswer, err := http.DefaultClient.Do(request)",
    CHECK,
    "\tdefer answer.Body.Close()",
    "\ttext, err := io.ReadAll(answer.Body)",
    CHECK,
    "\tfmt.Println(answer.Status, string(text))",
  );
  return program(imports, lines);
}

/** Back quotes keep JSON readable, where it has none itself. */
export function goText(text: string): string {
  return text.includes("`") ? doubleQuoted(text) : `\`${text}\``;
}

function program(imports: Set<string>, lines: string[]): string {
  const names = [...imports].sort().map((name) => `\t"${name}"`);
  const head = ["package main", "", "import (", ...names, ")", "", "func main() {"];
  return [...head, ...lines, "}"].join("\n");
}

const queryLines = ({ query }: Call) =>
  Object.entries(query).map(
    ([name, value]) => `\t\t${doubleQuoted(name)}: {${doubleQuoted(value)}},`,
  );

function bodyLines({ body, files }: Call, imports: Set<string>): string[] {
  if (files !== undefined) return formLines(jsonLine(body ?? {}), files, imports);
  if (body === undefined) return [];
  imports.add("strings");
  return [`\tbody := strings.NewReader(${goText(jsonText(body))})`];
}

function formLines(
  payload: string,
  files: NonNullable<Call["files"]>,
  imports: Set<string>,
): string[] {
  for (const name of ["bytes", "mime/multipart", "os"]) imports.add(name);
  const lines = [
    "\tvar form bytes.Buffer",
    "\tparts := multipart.NewWriter(&form)",
    `\tparts.WriteField(${doubleQuoted(PAYLOAD)}, ${goText(payload)})`,
  ];
  for (const { field, name } of files) {
    lines.push(
      "\t{",
      `\t\tcontent, err := os.ReadFile(${doubleQuoted(name)})`,
      "\t\tif err != nil {\n\t\t\tpanic(err)\n\t\t}",
      `\t\tpart, _ := parts.CreateFormFile(${doubleQuoted(field)}, ${doubleQuoted(name)})`,
      "\t\tpart.Write(content)",
      "\t}",
    );
  }
  return [...lines, "\tparts.Close()"];
}

function stream(call: Call, topic: string, base: string): string {
  const signed = call.signed
    ? [`\t\trequest.Header.Set("Authorization", ${doubleQuoted(TOKEN)})`]
    : [];
  const lines = [
    `\taddress, topic := ${doubleQuoted(addressOf(call, base))}, ${doubleQuoted(topic)}`,
    "\tevents, err := http.Get(address)",
    CHECK,
    "\tdefer events.Body.Close()",
    '\tevent, lines := "", bufio.NewScanner(events.Body)',
    "\tlines.Buffer(nil, 1<<24)",
    "\tfor lines.Scan() {",
    '\t\tname, value, _ := strings.Cut(lines.Text(), ":")',
    '\t\tif name == "event" {\n\t\t\tevent = value\n\t\t}',
    '\t\tif name != "data" {\n\t\t\tcontinue\n\t\t}',
    '\t\tif event != "PB_CONNECT" {\n\t\t\tfmt.Println(event, value)\n\t\t\tcontinue\n\t\t}',
    "\t\tvar client struct{ ClientId string }",
    "\t\tjson.Unmarshal([]byte(value), &client)",
    '\t\tasked := map[string]any{"clientId": client.ClientId, "subscriptions": []string{topic}}',
    "\t\tbody, _ := json.Marshal(asked)",
    '\t\trequest, _ := http.NewRequest("POST", address, bytes.NewReader(body))',
    ...signed,
    '\t\trequest.Header.Set("Content-Type", "application/json")',
    "\t\tanswer, err := http.DefaultClient.Do(request)",
    "\t\tif err != nil {\n\t\t\tpanic(err)\n\t\t}",
    "\t\tanswer.Body.Close()",
    "\t}",
  ];
  return program(
    new Set(["bufio", "bytes", "encoding/json", "fmt", "net/http", "strings"]),
    lines,
  );
}
