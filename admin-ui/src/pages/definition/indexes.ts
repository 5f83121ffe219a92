/**
 * The texts of indexes: read into their parts, and written from them. A text that is not of the
 * plain form stays a text, for whoever wrote it to change.
 */

/** A column of an index. */
export interface IndexColumn {
  name: string;
  descending: boolean;
  /** Such as NOCASE. */
  collation?: string | undefined;
}

/** What an index is made of. */
export interface IndexParts {
  name: string;
  unique: boolean;
  columns: IndexColumn[];
  /** The condition, without `WHERE`; empty for every record. */
  where: string;
}

const NAME = String.raw`(?:\x60[^\x60]+\x60|"[^"]+"|\[[^\]]+\]|\w+)`;
const WHOLE = new RegExp(
  String.raw`^\s*CREATE\s+(UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?(${NAME})\s+ON\s+${NAME}` +
    String.raw`\s*\(([^()]*)\)\s*(?:WHERE\s+([\s\S]+?))?\s*;?\s*$`,
  "i",
);
const COLUMN = new RegExp(
  String.raw`^\s*(${NAME})(?:\s+COLLATE\s+(\w+))?(?:\s+(ASC|DESC))?\s*$`,
  "i",
);

/** The parts of a text; undefined where it is of another form. */
export function partsOf(text: string): IndexParts | undefined {
  const [, unique, name, list, where = ""] = WHOLE.exec(text) ?? [];
  if (name === undefined || list === undefined) return undefined;
  const columns = list.split(",").map(columnOf);
  if (columns.includes(undefined)) return undefined;
  return {
    name: bare(name),
    unique: unique !== undefined,
    columns: columns as IndexColumn[],
    where: where.trim(),
  };
}

function columnOf(text: string): IndexColumn | undefined {
  const [, name, collation, order] = COLUMN.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { name: bare(name), collation, descending: order?.toUpperCase() === "DESC" };
}

function bare(name: string): string {
  return /^\w+$/.test(name) ? name : name.slice(1, -1);
}

/** The text of an index on a table. */
export function textOf({ name, unique, columns, where }: IndexParts, table: string): string {
  const list = columns.map((column) => {
    const collation = column.collation ? ` COLLATE ${column.collation}` : "";
    return `\`${column.name}\`${collation}${column.descending ? " DESC" : ""}`;
  });
  const condition = where.trim() === "" ? "" : ` WHERE ${where.trim()}`;
  const kind = unique ? "UNIQUE INDEX" : "INDEX";
  return `CREATE ${kind} \`${name}\` ON \`${table}\` (${list.join(", ")})${condition}`;
}

/** A name for an index, that no other one has. */
export function indexName(table: string, columns: string[], taken: string[]): string {
  const stem = ["idx", table, ...columns].join("_");
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? stem : `${stem}_${number}`;
    if (!taken.includes(name)) return name;
  }
}
