// A client of WebSockets (RFC 6455): texts both ways, as much as the tests need.

import { randomBytes } from "node:crypto";
import { request } from "node:http";

/** Opens one; `hear` gets the JSON of each text, and `closed` the code with which it is closed. */
export async function openSocket(url, hear, { headers: more, closed = () => {} } = {}) {
  const headers = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"), ...more };
  const [stream, head] = await new Promise((resolve, reject) => {
    const opening = request(url, { headers });
    opening.once("upgrade", (_, stream, head) => resolve([stream, head]));
    opening.once("response", ({ statusCode }) =>
      reject(new Error(`the server said ${statusCode}`)));
    opening.once("error", reject);
    opening.end();
  });
  let rest = head;
  const take = () => {
    for (let frame; (frame = first(rest)); rest = rest.subarray(frame.end)) {
      if (frame.kind === 1) hear(JSON.parse(frame.data.toString()));
      if (frame.kind === 8) closed(frame.data.length > 1 ? frame.data.readUInt16BE(0) : 0);
    }
  };
  stream.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    take();
  });
  stream.on("error", () => {});
  take();
  const say = (value) => stream.write(masked(JSON.stringify(value)));
  return { say, close: () => stream.destroy() };
}

/** The frame at the beginning, once all of it is there. */
function first(bytes) {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] & 127;
  const begin = { 126: 4, 127: 10 }[short] ?? 2;
  if (bytes.length < begin) return undefined;
  const length = begin === 4 ? bytes.readUInt16BE(2) :
    begin === 10 ? Number(bytes.readBigUInt64BE(2)) : short;
  const end = begin + length;
  return bytes.length < end ? undefined :
    { kind: bytes[0] & 15, data: bytes.subarray(begin, end), end };
}

function masked(text) {
  const data = Buffer.from(text);
  const mask = randomBytes(4);
  const size = Buffer.from(data.length < 126 ? [128 | data.length] :
    [128 | 126, data.length >> 8, data.length & 255]);
  const hidden = data.map((byte, place) => byte ^ mask[place % 4]);
  return Buffer.concat([Buffer.from([129]), size, mask, hidden]);
}
