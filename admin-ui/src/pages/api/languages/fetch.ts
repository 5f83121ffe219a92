/** Requests in JavaScript, without a library. */
import { addressOf, headersOf, PAYLOAD, TOKEN, type Call } from "../call.ts";
import { doubleQuoted, javaScript, literal } from "../quote.ts";

/** A module. */
export function fetchScript(call: Call, base: string): string {
  if (call.topic !== undefined) return stream(call, call.topic, base);
  const lines = [...formLines(call), ...queryLines(call)];
  const options = optionLines(call);
  const asked = [address(call, base), ...(options.length > 0 ? [optionText(options)] : [])];
  lines.push(`const answer = await fetch(${asked.join(", ")});`);
  lines.push("if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);");
  if (!call.silent) lines.push("console.log(await answer.json());");
  return lines.join("\n");
}

function address(call: Call, base: string): string {
  const plain = doubleQuoted(addressOf(call, base));
  return Object.keys(call.query).length > 0 ? `${plain} + "?" + query` : plain;
}

function queryLines({ query }: Call): string[] {
  if (Object.keys(query).length === 0) return [];
  return [`const query = new URLSearchParams(${literal(query, javaScript)});`];
}

function formLines({ body, files }: Call): string[] {
  if (files === undefined) return [];
  const payload = `JSON.stringify(${literal(body ?? {}, javaScript)})`;
  return [
    "const [file] = document.querySelector(\"input[type=file]\").files;",
    "const form = new FormData();",
    `form.append(${doubleQuoted(PAYLOAD)}, ${payload});`,
    ...files.map(({ field }) => `form.append(${doubleQuoted(field)}, file);`),
  ];
}

function optionLines(call: Call): string[] {
  const headers = Object.fromEntries(headersOf(call));
  const lines = call.method === "GET" ? [] : [`method: ${doubleQuoted(call.method)}`];
  if (Object.keys(headers).length > 0) {
    lines.push(`headers: ${literal(headers, javaScript, "  ")}`);
  }
  if (call.files !== undefined) lines.push("body: form");
  else if (call.body !== undefined) {
    lines.push(`body: JSON.stringify(${literal(call.body, javaScript, "  ")})`);
  }
  return lines;
}

const optionText = (lines: string[]) => `{\n${lines.map((line) => `  ${line},\n`).join("")}}`;

function stream(call: Call, topic: string, base: string): string {
  const headers = literal(
    { ...(call.signed && { Authorization: TOKEN }), "Content-Type": "application/json" },
    javaScript,
    "    ",
  );
  const place = doubleQuoted(addressOf(call, base));
  return `const topic = ${doubleQuoted(topic)};
const events = new EventSource(${place});
events.addEventListener("PB_CONNECT", async ({ data }) => {
  const { clientId } = JSON.parse(data);
  await fetch(${place}, {
    method: "POST",
    headers: ${headers},
    body: JSON.stringify({ clientId, subscriptions: [topic] }),
  });
});
events.addEventListener(topic, ({ data }) => console.log(JSON.parse(data)));`;
}
