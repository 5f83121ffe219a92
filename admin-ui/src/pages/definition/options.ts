/** The options of a field as they are shown, typed and changed. */
import type { FieldProblem } from "@luge/client";
import { kindOf } from "../../fields/index.ts";
import type { Option } from "../../fields/kind.ts";
import { place } from "../../state/location.svelte.ts";
import type { DraftField } from "./field.ts";

/** The options that are typed or chosen, those of every field last. */
export function typedOptions({ type }: DraftField): Option[] {
  const { options, canBeRequired } = kindOf(type);
  // The server keeps the help of those that people fill in.
  const help: Option = { name: "help", label: "option.help", input: "text" };
  return [...options.filter(({ input }) => input !== "toggle"), ...(canBeRequired ? [help] : [])];
}

/** The options that are on or off. */
export function toggles({ type }: DraftField): Option[] {
  return [
    ...kindOf(type).options.filter(({ input }) => input === "toggle"),
    { name: "presentable", label: "option.presentable", input: "toggle" },
    { name: "hidden", label: "option.hidden", input: "toggle" },
  ];
}

/** Does the address ask for a field that the server has? */
export function isAskedFor({ saved }: DraftField): boolean {
  return saved !== undefined && saved.name === place.query.get("field");
}

/** Is a problem at a path one of this option? */
export function isOf(path: string, option: string): boolean {
  return path === option || path.startsWith(`${option}.`);
}

/** The first problem of an option; one of a part of it, such as of one value, is told there too. */
export function problemAt(
  problems: Record<string, FieldProblem>,
  name: string,
): string | undefined {
  return Object.entries(problems).find(([path]) => isOf(path, name))?.[1].message;
}

/** Is any problem one of the options, so that they have to be open? */
export function hasProblem(field: DraftField, problems: Record<string, FieldProblem>): boolean {
  const options = [...typedOptions(field), ...toggles(field)].map(({ name }) => name);
  const names = [...options, "default"];
  return Object.keys(problems).some((path) => names.some((name) => isOf(path, name)));
}

/** What belongs to no option, such as an id made from the name, is told at the name. */
export function nameProblem(
  field: DraftField,
  problems: Record<string, FieldProblem>,
): string | undefined {
  const others = Object.entries(problems).filter(
    ([path, problem]) => !hasProblem(field, { [path]: problem }),
  );
  return others[0]?.[1].message;
}

/** Sets an option to what was typed; what is left empty is left to the server. */
export function setOption(field: DraftField, { name, input }: Option, text: string): void {
  const { [name]: _, ...others } = field.options;
  if (input === "list") {
    const parts = text.split(",").map((part) => part.trim());
    field.options[name] = parts.filter((part) => part !== "");
  } else if (text.trim() === "") {
    field.options = others;
  } else {
    field.options[name] = input === "number" || input === "size" ? Number(text) : text;
  }
}

/** An option as it stands in its input. */
export function shownOption({ options, type }: DraftField, { name, input }: Option): string {
  const value = options[name];
  // None, and no limit, are the same to the server.
  if (value === undefined || value === null) return "";
  const isNumber = type === "number" && ["min", "max"].includes(name);
  if (value === 0 && (input === "size" || !isNumber)) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
