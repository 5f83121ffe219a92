/** Requests in Rust, with the crate reqwest. */
import { addressOf, headersOf, PAYLOAD, TOKEN, type Call } from "../call.ts";
import { bracedQuoted, hashes, jsonLine, jsonText } from "../quote.ts";

/** A program. */
export function rust(call: Call, base: string): string {
  if (call.topic !== undefined) return stream(call, call.topic, base);
  const steps = [`.${call.method.toLowerCase()}(${bracedQuoted(addressOf(call, base))})`];
  const query = Object.entries(call.query).map(
    ([name, value]) => `(${bracedQuoted(name)}, ${bracedQuoted(value)})`,
  );
  if (query.length > 0) steps.push(`.query(&[${query.join(", ")}])`);
  for (const [name, value] of headersOf(call)) {
    steps.push(`.header(${bracedQuoted(name)}, ${bracedQuoted(value)})`);
  }
  if (call.files) steps.push(".multipart(form)");
  else if (call.body) steps.push(`.body(${rustText(jsonText(call.body))})`);
  steps.push(".send()?", ".error_for_status()?;");
  const asked = steps.map((step) => `        ${step}\n`).join("");
  const features = call.files ? '"blocking", "multipart"' : '"blocking"';
  return `// reqwest = { version = "0.12", features = [${features}] }
fn main() -> Result<(), Box<dyn std::error::Error>> {
${formLines(call)}    let answer = reqwest::blocking::Client::new()
${asked}    println!("{}", answer.text()?);
    Ok(())
}`;
}

/** A raw string. */
export function rustText(text: string): string {
  const around = hashes(text);
  return `r${around}"${text}"${around}`;
}

function formLines({ body, files }: Call): string {
  if (files === undefined) return "";
  const parts = files.map(
    ({ field, name }) => `\n        .file(${bracedQuoted(field)}, ${bracedQuoted(name)})?`,
  );
  const payload = `.text(${bracedQuoted(PAYLOAD)}, ${rustText(jsonLine(body ?? {}))})`;
  return `    let form = reqwest::blocking::multipart::Form::new()
        ${payload}${parts.join("")};
`;
}

function stream(call: Call, topic: string, base: string): string {
  const signed = call.signed
    ? `\n                .header("Authorization", ${bracedQuoted(TOKEN)})`
    : "";
  return `// reqwest = { version = "0.12", features = ["blocking", "json"] }, serde_json = "1"
use std::io::{BufRead, BufReader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = ${bracedQuoted(addressOf(call, base))};
    let topic = ${bracedQuoted(topic)};
    let client = reqwest::blocking::Client::builder().timeout(None).build()?;
    let events = BufReader::new(client.get(address).send()?.error_for_status()?);
    let mut event = String::new();
    for line in events.lines() {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else { continue };
        if name == "event" {
            event = value.to_string();
        } else if name == "data" && event == "PB_CONNECT" {
            let client_id = serde_json::from_str::<serde_json::Value>(value)?["clientId"].clone();
            client
                .post(address)${signed}
                .json(&serde_json::json!({ "clientId": client_id, "subscriptions": [topic] }))
                .send()?
                .error_for_status()?;
        } else if name == "data" {
            println!("{event} {value}");
        }
    }
    Ok(())
}`;
}
