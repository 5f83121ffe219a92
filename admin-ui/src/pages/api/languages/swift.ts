/** Requests in Swift, with Foundation. */
import { addressOf, fullAddressOf, headersOf, PAYLOAD, TOKEN, type Call } from "../call.ts";
import { bracedQuoted, hashes, jsonLine, jsonText } from "../quote.ts";

/** A script. */
export function swift(call: Call, base: string): string {
  if (call.topic !== undefined) return stream(call, call.topic, base);
  // The query is encoded here: `URLComponents` would leave `+` as it is, which means a space.
  const lines = [
    "import Foundation",
    "",
    `var request = URLRequest(url: URL(string: ${bracedQuoted(fullAddressOf(call, base))})!)`,
  ];
  if (call.method !== "GET") lines.push(`request.httpMethod = "${call.method}"`);
  for (const [name, value] of headersOf(call)) lines.push(header(name, bracedQuoted(value)));
  if (call.files) lines.push(...formLines(call));
  else if (call.body) lines.push(`request.httpBody = Data(${swiftText(jsonText(call.body))}.utf8)`);
  lines.push(
    "let (data, answer) = try await URLSession.shared.data(for: request)",
    "print((answer as! HTTPURLResponse).statusCode, String(decoding: data, as: UTF8.self))",
  );
  return lines.join("\n");
}

/** A raw string of many lines. */
export function swiftText(text: string): string {
  const around = hashes(text);
  return `${around}"""\n${text}\n"""${around}`;
}

const header = (name: string, value: string) =>
  `request.setValue(${value}, forHTTPHeaderField: ${bracedQuoted(name)})`;

function formLines({ body, files = [] }: Call): string[] {
  const inner = (text: string) => bracedQuoted(text).slice(1, -1);
  const field = (name: string) => `Content-Disposition: form-data; name=\\"${inner(name)}\\"`;
  const end = "\\r\\n";
  const begin = `form.append(Data("--\\(boundary)${end}`;
  const lines = [
    "let boundary = UUID().uuidString",
    "var form = Data()",
    `${begin}${field(PAYLOAD)}${end}${end}".utf8))`,
    `form.append(Data(${swiftText(jsonLine(body ?? {}))}.utf8))`,
  ];
  for (const { field: name, name: file } of files) {
    const place = `${field(name)}; filename=\\"${inner(file)}\\"`;
    lines.push(
      `form.append(Data("${end}".utf8))`,
      `${begin}${place}${end}${end}".utf8))`,
      `form.append(try Data(contentsOf: URL(fileURLWithPath: ${bracedQuoted(file)})))`,
    );
  }
  return [
    ...lines,
    `form.append(Data("${end}--\\(boundary)--${end}".utf8))`,
    header("Content-Type", '"multipart/form-data; boundary=\\(boundary)"'),
    "request.httpBody = form",
  ];
}

function stream(call: Call, topic: string, base: string): string {
  const signed = call.signed
    ? `\n        request.setValue(${bracedQuoted(TOKEN)}, forHTTPHeaderField: "Authorization")`
    : "";
  return `import Foundation

let address = URL(string: ${bracedQuoted(addressOf(call, base))})!
let topic = ${bracedQuoted(topic)}
let (events, _) = try await URLSession.shared.bytes(from: address)
var event = ""
for try await line in events.lines {
    let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { continue }
    if parts[0] == "event" { event = parts[1] }
    guard parts[0] == "data" else { continue }
    if event == "PB_CONNECT" {
        let told = try JSONSerialization.jsonObject(with: Data(parts[1].utf8)) as! [String: Any]
        let asked: [String: Any] = ["clientId": told["clientId"]!, "subscriptions": [topic]]
        var request = URLRequest(url: address)
        request.httpMethod = "POST"${signed}
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = try JSONSerialization.data(withJSONObject: asked)
        _ = try await URLSession.shared.data(for: request)
    } else {
        print(event, parts[1])
    }
}`;
}
