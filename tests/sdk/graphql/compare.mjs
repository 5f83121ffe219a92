// Whether an answer of GraphQL says what REST says.

import { idName } from "./asked.mjs";

/** A record as GraphQL is to show it: `answers` are those of REST, by the path that is expanded. */
export function expected(sight, collection, tree, answers, route) {
  const record = at(answers.get(""), route[0]);
  const own = located(answers, route) ?? record;
  const shown = { collectionId: own.collectionId, collectionName: own.collectionName };
  for (const field of sight.fields(collection)) {
    const name = field.type === "relation" ? idName(field) : field.name;
    shown[name] = value(field, own[field.name]);
  }
  for (const [name, { step, below }] of tree) {
    const path = [...route.slice(1).map(([step]) => step), name].join(".");
    const parent = located(answers, route, path);
    const found = parent?.expand?.[name];
    const one = (place) => expected(sight, step.to, below, answers, [...route, [name, place]]);
    if (!step.multi) shown[name] = found === undefined ? null : one(undefined);
    else shown[name] = [found ?? []].flat().map((_, place) => one(place));
  }
  return shown;
}

/** The record at the end of a route, in the answer in which a path is expanded. */
function located(answers, [root, ...steps], path = steps.map(([name]) => name).join(".")) {
  let record = at(answers.get(path), root);
  for (const [name, place] of steps) {
    const found = record?.expand?.[name];
    record = place === undefined ? found : found?.[place];
  }
  return record;
}

function at(answer, place) {
  return answer?.items ? answer.items[place] : answer;
}

function value(field, given) {
  if (given === undefined) return null;
  switch (field.type) {
    case "date": return given === "" ? null : given.replace(" ", "T");
    case "select": return given === "" ? null : given;
    case "relation": return given === "" ? null : given;
    default: return given;
  }
}

/** The same keys in the same order, so that texts can be compared. */
export function ordered(json) {
  if (Array.isArray(json)) return json.map(ordered);
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(Object.keys(json).sort().map((key) => [key, ordered(json[key])]));
}
