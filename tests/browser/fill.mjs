// Many records of a collection at once, where a story needs a long table.

const BATCH = 1_000;

/** Allows batches, and makes `count` records; `body` gives the body of each by its number. */
export async function fill(ask, collection, count, body) {
  const batch = { enabled: true, maxRequests: BATCH, timeout: 60 };
  await ask("/api/settings", { batch }, { method: "PATCH" });
  const url = `/api/collections/${collection}/records`;
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    const requests = Array.from({ length }, (_, at) => ({
      method: "POST", url, body: body(from + at),
    }));
    await ask("/api/batch", { requests });
  }
}
