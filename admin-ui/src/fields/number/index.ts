import Icon from "@lucide/svelte/icons/hash";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const number = kind({
  type: "number",
  label: "field.number",
  help: "field.numberHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  searched: true,
  canBeUnique: true,
  default: "number",
  example: "3.14",
  numeric: true,
  options: [
    { name: "min", label: "option.min", input: "number" },
    { name: "max", label: "option.max", input: "number" },
    { name: "onlyInt", label: "option.onlyInt", input: "toggle" },
  ],
});
