// A request of the generator as an operation of GraphQL, with what of it REST is asked instead.

import { print } from "../generator/expression.mjs";
import { askable, isMulti, steps } from "../generator/schema.mjs";

const SUPERUSER = "superuser";

/** What a persona may know of a world: its collections, their fields and what leads from them. */
export class Sight {
  constructor(world, persona) {
    Object.assign(this, { world, all: persona === SUPERUSER });
  }

  rule(collection, action) {
    return this.all ? "" : this.world.rules[collection.name][action];
  }

  fields(collection) {
    return askable(collection).filter(({ hidden }) => this.all || !hidden);
  }

  step(collection, name) {
    const found = steps(this.world.collections, collection).find(({ text }) => text === name);
    const known = found && (this.all || !found.hidden) && this.rule(found.to, "viewRule") !== null;
    return known ? found : undefined;
  }

  /** The relations that paths of an expand name, as far as there are any: a tree. */
  tree(collection, paths) {
    const tree = new Map();
    for (const { text } of paths) {
      let [here, branch] = [collection, tree];
      for (const name of text.split(".").map((part) => part.trim()).filter(Boolean).slice(0, 6)) {
        const step = this.step(here, name);
        if (!step) break;
        if (!branch.has(name)) branch.set(name, { step, below: new Map() });
        [here, branch] = [step.to, branch.get(name).below];
      }
    }
    return tree;
  }

  /** What is selected of records. */
  selection(collection, tree) {
    const own = this.fields(collection).map((field) => {
      if (field.type === "relation") return idName(field);
      return field.type === "geoPoint" ? `${field.name} { lon lat }` : field.name;
    });
    const related = [...tree].map(([name, { step, below }]) =>
      `${name} { ${this.selection(step.to, below)} }`);
    return ["collectionId", "collectionName", ...own, ...related].join(" ");
  }
}

export function idName(field) {
  return `${field.name}_${isMulti(field) ? "ids" : "id"}`;
}

/** The operation that asks the same, and the root field that answers. */
export function operation(request, world) {
  const { kind, persona, id, filter, sort = [], paging = {}, where } = request;
  const collection = world.of(request.collection);
  const sight = new Sight(world, persona);
  const tree = sight.tree(collection, request.expand ?? []);
  const selected = sight.selection(collection, tree);
  const variables = {};
  const declared = [];
  const used = [];
  const give = (name, type, value) => {
    if (value === undefined) return;
    variables[name] = value;
    declared.push(`$${name}: ${type}`);
    used.push(`${name}: $${name}`);
  };
  const finish = (root, fields) => {
    const words = declared.length ? `(${declared.join(", ")})` : "";
    const given = used.length ? `(${used.join(", ")})` : "";
    const query = `query ${words} { ${root}${given} { ${fields} } }`;
    return { query, variables, root, tree, sight };
  };
  if (kind === "view") {
    give("id", "ID!", id);
    return finish(`${collection.name}_by_id`, selected);
  }
  give("filter", "String", filter && print(filter));
  give("where", `${typeName(collection.name)}Where`, where);
  if (kind === "aggregate") {
    for (const name of ["group", "sum", "avg", "min", "max", "having", "sort"]) {
      give(name, "String", paging[name]);
    }
    give("page", "Int", paging.page);
    give("perPage", "Int", paging.perPage);
    const fields = "items { count group sum avg min max } page perPage totalItems totalPages";
    return finish(`${collection.name}_aggregate`, fields);
  }
  give("sort", "String", sort.length ? sort.map(({ text }) => text).join() : undefined);
  give("page", "Int", paging.page);
  give("perPage", "Int", paging.perPage);
  give("cursor", "String", paging.cursor);
  const totals = paging.cursor === undefined ? "totalItems totalPages" : "nextCursor";
  return finish(collection.name, `items { ${selected} } page perPage ${totals}`);
}

export function typeName(name) {
  return name[0].toUpperCase() + name.slice(1);
}

/** Every path of a tree that is followed, those that lead to others too. */
export function paths(tree, before = "") {
  return [...tree].flatMap(([name, { below }]) =>
    [`${before}${name}`, ...paths(below, `${before}${name}.`)]);
}
