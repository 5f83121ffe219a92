/** Requests for a shell. */
import { addressOf, encoded, fullAddressOf, headersOf, PAYLOAD, type Call } from "../call.ts";
import { jsonLine, jsonText, shellQuoted } from "../quote.ts";

/** The command line. */
export function curl(call: Call, base: string): string {
  if (call.topic !== undefined) return stream(call, call.topic, base);
  const readable = call.method === "GET" && Object.keys(call.query).length > 0;
  const address = readable ? addressOf(call, base) : fullAddressOf(call, base);
  const verb = call.method === "GET" ? (readable ? " -G" : "") : ` -X ${call.method}`;
  return [`curl${verb} ${shellQuoted(address)}`, ...headers(call), ...data(call)].join(" \\\n  ");
}

const headers = (call: Call) =>
  headersOf(call).map(([name, value]) => `-H ${shellQuoted(`${name}: ${value}`)}`);

function data(call: Call): string[] {
  const { method, query, body, files } = call;
  if (files !== undefined) {
    // `--form-string`, since `-F` would read a value that begins with `@` from a file.
    const plain = `--form-string ${shellQuoted(`${PAYLOAD}=${jsonLine(body ?? {})}`)}`;
    return [
      plain,
      ...files.map(({ field, name }) => `-F ${shellQuoted(`${field}=@${name}`)}`),
    ];
  }
  // Not `--data`, which would read a value that begins with `@` from a file.
  if (body !== undefined) return [`--data-raw ${shellQuoted(jsonText(body))}`];
  if (method !== "GET") return [];
  return Object.entries(query).map(
    ([name, value]) => `--data-urlencode ${shellQuoted(`${encoded(name)}=${value}`)}`,
  );
}

function stream(call: Call, topic: string, base: string): string {
  const address = shellQuoted(addressOf(call, base));
  const asked = jsonLine({ clientId: "CLIENT_ID", subscriptions: [topic] });
  const sent = [
    `curl ${address}`,
    ...(call.signed ? [`-H ${shellQuoted("Authorization: YOUR_TOKEN")}`] : []),
    `-H ${shellQuoted("Content-Type: application/json")}`,
    `--data-raw ${shellQuoted(asked)}`,
  ];
  return [
    "# In one terminal: the first message has the clientId.",
    `curl -N ${address}`,
    "",
    "# In another one:",
    sent.join(" \\\n  "),
  ].join("\n");
}
