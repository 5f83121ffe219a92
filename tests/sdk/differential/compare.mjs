// When two answers are the same, and in what they differ.

/** An answer as a text: equal texts are equal answers. */
export function comparable(request, { status, text, body }) {
  if (status >= 400) return `${status} ${JSON.stringify(refusal(status, body))}`;
  if (request.kind === "list" && !request.ordered) {
    const write = request.fields.length ? sorted : JSON.stringify;
    return `${status} ${sorted({ ...body, items: [] })} ${body.items.map(write).sort()}`;
  }
  // With `fields`, PocketBase writes keys in any order.
  return `${status} ${request.fields?.length ? sorted(body) : text}`;
}

// Only Luge gives the reason where PocketBase says that something went wrong, so of a 400 only
// the sentences about a failed write are compared.
function refusal(status, body) {
  const said = body?.message;
  const message = status !== 400 || /^Failed to /.test(said) ? said : undefined;
  return { message, data: codes(body?.data) };
}

function codes(data) {
  if (data === null || typeof data !== "object") return data;
  if (data.code === "validation_invalid_rule") return data.code;
  return Object.fromEntries(Object.keys(data).sort().map((key) => [key, codes(data[key])]));
}

/** JSON with sorted keys. */
export function sorted(value) {
  return JSON.stringify(value, (_, inner) =>
    inner === null || typeof inner !== "object" || Array.isArray(inner) ? inner
      : Object.fromEntries(Object.keys(inner).sort().map((key) => [key, inner[key]])));
}

/** What is different, for somebody who must find out why. */
export function described(request, [ours, theirs]) {
  if (request.kind !== "list" || ours.status !== 200 || theirs.status !== 200) {
    return { ours: shortly(ours), theirs: shortly(theirs) };
  }
  const ids = (answer) => answer.body.items.map((item) => item.id ?? JSON.stringify(item));
  const [mine, other] = [ids(ours), ids(theirs)];
  const only = (list, without) => list.filter((id) => !without.includes(id));
  const [extra, missing] = [only(mine, other), only(other, mine)];
  const totals = [ours, theirs].map(({ body }) => body.totalItems);
  if (extra.length || missing.length) {
    return {
      ours: { total: totals[0], only: extra.slice(0, 3), amount: extra.length },
      theirs: { total: totals[1], only: missing.slice(0, 3), amount: missing.length },
    };
  }
  const at = mine.findIndex((id, place) => id !== other[place]);
  const from = (list) => ({ order: list.slice(at, at + 4) });
  if (at >= 0) return { ours: from(mine), theirs: from(other) };
  const item = (answer, id) => answer.body.items.find((known) => known.id === id);
  const different = mine.find((id) =>
    JSON.stringify(item(ours, id)) !== JSON.stringify(item(theirs, id)));
  if (different === undefined) return { ours: totals[0], theirs: totals[1] };
  return { ours: item(ours, different), theirs: item(theirs, different) };
}

function shortly({ status, text }) {
  return `${status} ${text.slice(0, 600)}`;
}
