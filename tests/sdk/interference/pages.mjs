// Lists that are read page by page behind cursors. A cursor is sealed under a key of its server, so
// each server is asked with those that it gave, and of a cursor only the length is compared.

const PAGES_MOST = 5;

/** Each server's answers to a request: one, or a page after the other. */
export function answersTo(pair, request) {
  return pair.each((server) => request.kind === "pages"
    ? pagesOf(pair, server, request) : Promise.all([pair.one(server, request)]));
}

async function pagesOf(pair, server, { strays, ...request }) {
  const pages = [];
  let cursor = "";
  while (typeof cursor === "string" && pages.length < PAGES_MOST) {
    const paging = { ...request.paging, cursor };
    // A cursor belongs to its caller, filter and sort: with another one it must tell nothing.
    const asked = pages.length === 1 ? { ...request, ...strays, paging } : { ...request, paging };
    const page = await pair.one(server, asked);
    pages.push(page);
    cursor = page.body?.nextCursor;
  }
  return pages;
}

/** The text of an answer, without what its cursor is. */
export function withoutCursor(text) {
  return text.replace(/"nextCursor":"([^"]*)"/, (_, { length }) => `"nextCursor":${length}`);
}
