/** All collections with all their rules, as the table shows and exports them. */
import type { Collection, Rule } from "@luge/client/admin";
import {
  ALL_RULES,
  opens,
  rulesOf,
  savedRule,
  type RuleName,
} from "../../parts/rules/rule.ts";
import { csvCell } from "../../state/csv.ts";

/** What a rule amounts to. For sign-in the empty rule lets accounts in, and not everyone. */
export type Standing = "public" | "expression" | "locked" | "accounts" | "nobody";

/** What is shown, as the address has it. */
export const SHOWN = ["all", "publicReads", "publicWrites", "expressions", "locked"] as const;
export type Shown = (typeof SHOWN)[number];

/** A rule of a collection; undefined where collections of its type have none of that name. */
export interface Cell {
  name: RuleName;
  rule: Rule | undefined;
  standing: Standing | undefined;
  /** Is it one of those that are asked for? */
  wanted: boolean;
}

/** A collection with a cell for every rule that any has. */
export interface MatrixRow {
  collection: Collection;
  cells: Cell[];
}

/** What a rule amounts to. */
export function standingOf(name: RuleName, rule: Rule): Standing {
  if (rule === null) return name === "authRule" ? "nobody" : "locked";
  if (rule !== "") return "expression";
  return opens(name) ? "public" : "accounts";
}

/** Does a rule decide about changes? */
export function isWrite(name: RuleName): boolean {
  return name !== "listRule" && name !== "viewRule" && name !== "authRule";
}

/** The collections that have a rule of those that are asked for. */
export function rowsOf(collections: readonly Collection[], shown: Shown): MatrixRow[] {
  const rows = collections.map((collection) => ({
    collection,
    cells: ALL_RULES.map((name) => cellOf(collection, name, shown)),
  }));
  return rows.filter(({ cells }) => cells.some(({ wanted }) => wanted));
}

/** How many writes are open to everyone. */
export function publicWrites(collections: readonly Collection[]): number {
  const cells = rowsOf(collections, "publicWrites").flatMap((row) => row.cells);
  return cells.filter(({ wanted }) => wanted).length;
}

/** The rules as a table of texts, for a spreadsheet. */
export function csvOf(rows: MatrixRow[]): string {
  const lines = rows.flatMap(({ collection, cells }) =>
    cells
      .filter(({ rule }) => rule !== undefined)
      .map(({ name, rule, standing = "" }) => [collection.name, name, standing, rule ?? ""]),
  );
  const table = [["collection", "rule", "standing", "expression"], ...lines];
  return table.map((line) => `${line.map((text) => csvCell(text, true)).join(",")}\r\n`).join("");
}

/** The rules as they are saved, by collection. */
export function jsonOf(rows: MatrixRow[]): string {
  const saved = rows.map(({ collection: { name, type }, cells }) => {
    const rules = cells.filter(({ rule }) => rule !== undefined);
    return { name, type, ...Object.fromEntries(rules.map(({ name, rule }) => [name, rule])) };
  });
  return `${JSON.stringify(saved, null, 2)}\n`;
}

function cellOf(collection: Collection, name: RuleName, shown: Shown): Cell {
  if (!rulesOf(collection.type).includes(name)) {
    return { name, rule: undefined, standing: undefined, wanted: false };
  }
  const rule = savedRule(collection, name);
  const standing = standingOf(name, rule);
  return { name, rule, standing, wanted: isWanted(name, standing, shown) };
}

function isWanted(name: RuleName, standing: Standing, shown: Shown): boolean {
  switch (shown) {
    case "all":
      return true;
    case "publicReads":
      return standing === "public" && !isWrite(name);
    case "publicWrites":
      return standing === "public" && isWrite(name);
    case "expressions":
      return standing === "expression";
    case "locked":
      return standing === "locked" || standing === "nobody";
  }
}
