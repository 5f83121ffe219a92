/** The map as text that other programs draw: Mermaid and DBML. */
import type { Field } from "@luge/client/admin";
import type { Amount, Schema } from "./schema.ts";

/** An entity relationship diagram of Mermaid. */
export function mermaidOf({ tables, relations }: Schema): string {
  const names = new Map(tables.map(({ id, name }) => [id, name]));
  const left: Record<Amount, string> = { "1": "||", "0..1": "|o", n: "}o" };
  const right: Record<Amount, string> = { "1": "||", "0..1": "o|", n: "o{" };
  const entities = tables.map(({ name, fields }) => {
    const rows = fields.map((field) => `    ${typeOf(field)} ${field.name}${keyOf(field)}`);
    return [`  ${name} {`, ...rows, "  }"].join("\n");
  });
  const lines = relations.map(({ from, to, field, fromAmount, toAmount }) => {
    const marks = `${left[fromAmount]}--${right[toAmount]}`;
    return `  ${names.get(from)} ${marks} ${names.get(to)} : "${field}"`;
  });
  return ["erDiagram", ...entities, ...lines, ""].join("\n");
}

/** A schema in DBML. Relations to many are arrays there, and many-to-many references. */
export function dbmlOf({ tables, relations }: Schema): string {
  const names = new Map(tables.map(({ id, name }) => [id, name]));
  const blocks = tables.map(({ name, type, fields }) => {
    const rows = fields.map(
      (field) => `  ${quoted(field.name)} ${typeOf(field)}${optionsOf(field)}`,
    );
    return [`Table ${quoted(name)} {`, ...rows, "", `  Note: '${type}'`, "}"].join("\n");
  });
  const signs = (from: Amount, to: Amount) =>
    to === "n" ? (from === "n" ? "<>" : "<") : from === "n" ? ">" : "-";
  const references = relations.map(({ from, to, field, fromAmount, toAmount }) => {
    const one = `${quoted(names.get(from) ?? "")}.${quoted(field)}`;
    return `Ref: ${one} ${signs(fromAmount, toAmount)} ${quoted(names.get(to) ?? "")}.id`;
  });
  return [...blocks, references.join("\n"), ""].join("\n\n").trimEnd().concat("\n");
}

const many = ({ maxSelect }: Field) => Number(maxSelect) > 1;
const typeOf = (field: Field) => `${field.type}${many(field) ? "[]" : ""}`;
const quoted = (name: string) => (/^[a-z]\w*$/i.test(name) ? name : `"${name}"`);

function keyOf({ name, type }: Field): string {
  return name === "id" ? " PK" : type === "relation" ? " FK" : "";
}

function optionsOf({ name, required }: Field): string {
  const options = [name === "id" && "pk", required && "not null"].filter(Boolean);
  return options.length === 0 ? "" : ` [${options.join(", ")}]`;
}
