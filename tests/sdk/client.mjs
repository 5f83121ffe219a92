// Sends requests to a server over kept connections, and says what came back.

import { Agent, request } from "node:http";

const PATIENCE = 120_000;

/** A way to ask a server as somebody: `ask(method, path, body, { token, headers })`. */
export function client(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const { hostname, port } = new URL(url);
  return (method, path, body, { token, headers = {} } = {}) => new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = request({
      agent, hostname, port, method, path,
      headers: {
        ...headers,
        ...(token && { Authorization: token }),
        ...(text !== undefined && {
          "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text),
        }),
      },
    }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => resolve(received(answer, Buffer.concat(parts).toString("utf8"))));
    });
    sent.setTimeout(PATIENCE, () =>
      sent.destroy(new Error(`no answer for ${PATIENCE / 1000} s: ${method} ${url}${path}`)));
    sent.on("error", reject);
    sent.end(text);
  });
}

function received({ statusCode, headers }, text) {
  let body;
  try {
    body = text ? JSON.parse(text) : undefined;
  } catch {
    body = text;
  }
  return { status: statusCode, headers, text, body };
}
