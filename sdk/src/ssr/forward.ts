/** Handing requests of a page on to Luge, with the token that the page itself never has. */

/** What may be asked this way: nothing whose answer has a token that signs anybody in. */
const PATHS =
  /^\/api\/(collections\/[^/]+\/(records|aggregate)|realtime|files|batch|search)(\/|$)/;
/** Between two machines only, or this server's own affair. */
const NOT_PASSED = [
  ...["host", "cookie", "authorization", "origin", "content-length", "connection", "keep-alive"],
  ...["transfer-encoding", "te", "upgrade", "expect", "accept-encoding"],
];
const NOT_ANSWERED = ["connection", "content-encoding", "content-length", "set-cookie"];

/** Asks Luge what a page asked; `own` says that it may, or is a page of this application. */
export async function forward(
  request: Request,
  own: boolean,
  base: string,
  token: string | null,
  fetcher: typeof fetch,
): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (!own) return refused(403, "The request comes from a page of elsewhere.");
  if (!PATHS.test(pathname)) return refused(404, "This is not forwarded.");
  const headers = new Headers(request.headers);
  for (const name of NOT_PASSED) headers.delete(name);
  if (token !== null) headers.set("Authorization", token);
  const { method, signal } = request;
  const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
  const answer = await fetcher(base.replace(/\/+$/, "") + pathname + search, {
    method,
    headers,
    body,
    signal,
    redirect: "manual",
  });
  const passed = new Headers(answer.headers);
  for (const name of [...passed.keys()]) {
    if (NOT_ANSWERED.includes(name) || name.startsWith("access-control-")) passed.delete(name);
  }
  return new Response(answer.body, { status: answer.status, headers: passed });
}

function refused(status: number, message: string): Response {
  return Response.json({ status, message, data: {} }, { status });
}
