/** A collection as text, to be used elsewhere. */
import type { Collection } from "@luge/client/admin";
import { saveText } from "../../state/save-file.ts";

/** Its definition, as it can be imported again. */
export function definitionOf(collection: Collection): string {
  return JSON.stringify(collection, null, 2);
}

/** The same as a file to be saved. */
export function saveDefinition(collection: Collection): void {
  saveText(`${collection.name}.json`, definitionOf(collection), "application/json");
}

/**
 * Its types, from the file that has those of all collections: every declaration that begins with
 * its name there. The name is that of the interface whose `collectionName` it is.
 */
export function typesOf(file: string, collection: string): string {
  const blocks = file.split(/\n\n(?=\/\*\*|export )/);
  const mark = `collectionName: ${JSON.stringify(collection)};`;
  const record = blocks.find((block) => block.includes(mark)) ?? "";
  const name = /export interface (\w+)Record /.exec(record)?.[1];
  if (name === undefined) return "";
  const parts = [`${name}Record`, `${name}Create`, `${name}Update`];
  const wanted = new Set(parts.flatMap((part) => [...named(blocks, part)]));
  const own = blocks.filter((block) => wanted.has(block)).map((block) => block.trim());
  return `${own.join("\n\n")}\n`;
}

/** The declaration of a name, with those of this collection's choices that it uses. */
function named(blocks: string[], name: string, known = new Set<string>()): Set<string> {
  const declares = new RegExp(`export (?:interface|type) ${name}\\b`);
  const block = blocks.find((each) => declares.test(each));
  if (block === undefined || known.has(block)) return known;
  known.add(block);
  const used = block.matchAll(/\b[A-Z]\w+\b/g);
  for (const [word] of used) if (!word.endsWith("Record")) named(blocks, word, known);
  return known;
}
