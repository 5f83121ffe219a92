import Icon from "@lucide/svelte/icons/list-checks";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const select = kind({
  type: "select",
  label: "field.select",
  help: "field.selectHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  searched: true,
  default: "choice",
  example: "draft, live",
  blank: { values: [], maxSelect: 1 },
  options: [
    { name: "values", label: "option.values", input: "chips" },
    { name: "maxSelect", label: "option.maxSelect", input: "number" },
  ],
});
