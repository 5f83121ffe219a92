// A server of a page that hands everything under /api/ on to Luge, and notes what there is between
// the two: open event streams, the topics that Luge was told last, and what it tells.

import { createServer, request as ask } from "node:http";

export async function servePage(luge, html, script) {
  const seen = { streams: 0, topics: new Map(), told: [], sent: [] };
  const server = createServer((request, response) => {
    if (!request.url.startsWith("/api/")) {
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? script : html);
      return;
    }
    pass(luge, request, response, seen);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, seen, stop };
}

function pass(luge, request, response, seen) {
  const { pathname } = new URL(request.url, luge);
  const onward = ask(luge + request.url, { method: request.method, headers: request.headers });
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.pipe(onward);
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    answer.on("close", () => answer.complete || response.destroy());
    seen.sent.push(`${request.method} ${pathname} ${answer.statusCode}`);
    if (pathname !== "/api/realtime") return;
    if (request.method === "POST" && answer.statusCode === 204) {
      const { clientId, subscriptions } = JSON.parse(body);
      seen.topics.set(clientId, subscriptions.map((topic) => topic.split("?")[0]).sort());
    }
    if (request.method === "GET") watch(answer, seen);
  });
  onward.on("error", () => response.destroy());
  // Whoever leaves takes the connection to Luge along.
  response.on("close", () => onward.destroy());
}

function watch(stream, seen) {
  seen.streams += 1;
  let client;
  stream.setEncoding("utf8");
  stream.on("data", (text) => {
    client ??= /"clientId":"([^"]+)"/.exec(text)?.[1];
    for (const [, event] of text.matchAll(/^event:(.*)$/gm)) seen.told.push(event.split("?")[0]);
  });
  stream.on("close", () => {
    seen.streams -= 1;
    seen.topics.delete(client);
  });
}
