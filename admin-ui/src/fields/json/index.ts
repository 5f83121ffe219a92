import Icon from "@lucide/svelte/icons/braces";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const json = kind({
  type: "json",
  label: "field.json",
  help: "field.jsonHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  wide: true,
  searched: true,
  default: "json",
  example: '{"sizes":[1,2]}',
  sortable: false,
  options: [{ name: "maxSize", label: "option.maxSize", input: "size" }],
});
