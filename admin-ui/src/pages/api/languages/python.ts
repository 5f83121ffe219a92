/** Requests in Python, with the package requests. */
import { addressOf, PAYLOAD, TOKEN, type Call } from "../call.ts";
import { doubleQuoted, literal, type Style } from "../quote.ts";

const values: Style = {
  text: doubleQuoted,
  key: doubleQuoted,
  words: { null: "None", true: "True", false: "False" },
  object: ["{", "}"],
  step: "    ",
};

/** A script. */
export function python(call: Call, base: string): string {
  if (call.topic !== undefined) return stream(call, call.topic, base);
  const json = call.files === undefined ? "" : "import json\n\n";
  const asked = [doubleQuoted(addressOf(call, base)), ...options(call)];
  const lines = asked.map((line) => `    ${line},\n`).join("");
  const end = call.silent ? "" : "\nprint(answer.json())";
  const verb = call.method.toLowerCase();
  return `${json}import requests

answer = requests.${verb}(
${lines})
answer.raise_for_status()${end}`;
}

function options({ query, signed, body, files }: Call): string[] {
  const given: string[] = [];
  const write = (value: Parameters<typeof literal>[0]) => literal(value, values, "    ");
  if (Object.keys(query).length > 0) given.push(`params=${write(query)}`);
  if (signed) given.push(`headers=${write({ Authorization: TOKEN })}`);
  if (files !== undefined) {
    given.push(`data={${doubleQuoted(PAYLOAD)}: json.dumps(${write(body ?? {})})}`);
    const parts = files.map(
      ({ field, name }) => `${doubleQuoted(field)}: open(${doubleQuoted(name)}, "rb")`,
    );
    given.push(`files={${parts.join(", ")}}`);
  } else if (body !== undefined) {
    given.push(`json=${write(body)}`);
  }
  return given;
}

function stream(call: Call, topic: string, base: string): string {
  const headers = call.signed ? `{"Authorization": ${doubleQuoted(TOKEN)}}` : "{}";
  return `import json

import requests

address = ${doubleQuoted(addressOf(call, base))}
topic = ${doubleQuoted(topic)}
event = ""
with requests.get(address, stream=True, timeout=(10, 330)) as events:
    for line in events.iter_lines(decode_unicode=True):
        name, _, value = line.partition(":")
        if name == "event":
            event = value
        elif name == "data" and event == "PB_CONNECT":
            asked = {"clientId": json.loads(value)["clientId"], "subscriptions": [topic]}
            requests.post(address, json=asked, headers=${headers}).raise_for_status()
        elif name == "data":
            print(event, json.loads(value))`;
}
