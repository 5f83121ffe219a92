// Makes a request that shows a difference smaller, as long as it still shows one.

import { smaller } from "./expression.mjs";

const ATTEMPTS = 120;

/** The smallest request found for which `differs` still holds. */
export async function shrink(request, differs, attempts = ATTEMPTS) {
  let smallest = request;
  let left = attempts;
  for (;;) {
    let found;
    for (const candidate of candidates(smallest)) {
      if (left-- <= 0) return smallest;
      if (await differs(candidate)) {
        found = candidate;
        break;
      }
    }
    if (!found) return smallest;
    smallest = found;
  }
}

/** The smallest node for which `differs` still holds. */
export async function shrinkNode(node, differs) {
  const { node: smallest } = await shrink({ node }, (request) => differs(request.node));
  return smallest;
}

function candidates(request) {
  const found = [];
  if (request.node) found.push(...smaller(request.node).map((node) => ({ ...request, node })));
  if (request.mode) found.push({ ...request, mode: undefined });
  for (const part of ["fields", "expand"]) {
    if (request[part]?.length) {
      found.push({ ...request, [part]: [] });
      found.push(...without(request, part));
    }
  }
  if (request.sort?.length) {
    // Without an order only the set of items is compared.
    found.push({ ...request, sort: [], ordered: false, paging: { perPage: 1000 } });
    if (request.sort.length > 2) {
      found.push(...without(request, "sort").slice(0, -1));
    }
  }
  if (request.filter) {
    found.push({ ...request, filter: undefined });
    found.push(...smaller(request.filter).map((filter) => ({ ...request, filter })));
  }
  if (request.kind === "aggregate") {
    found.push(...Object.keys(request.paging).map((key) => {
      const { [key]: _, ...paging } = request.paging;
      return { ...request, paging };
    }));
  } else if (request.paging && Object.keys(request.paging).join() !== "perPage") {
    found.push({ ...request, paging: { perPage: 1000 } });
  }
  if (request.body) {
    const keys = Object.keys(request.body).filter((key) => key !== "id");
    found.push(...keys.map((key) => {
      const { [key]: _, ...body } = request.body;
      return { ...request, body };
    }));
  }
  return found;
}

function without(request, part) {
  if (request[part].length < 2) return [];
  return request[part].map((_, at) =>
    ({ ...request, [part]: request[part].filter((_, place) => place !== at) }));
}
