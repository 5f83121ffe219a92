import Icon from "@lucide/svelte/icons/type";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const text = kind({
  type: "text",
  label: "field.text",
  help: "field.textHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  searched: true,
  canBeUnique: true,
  default: "text",
  example: "Ada Lovelace",
  options: [
    { name: "min", label: "option.minLength", input: "number" },
    { name: "max", label: "option.maxLength", input: "number" },
    { name: "pattern", label: "option.pattern", input: "text" },
    { name: "autogeneratePattern", label: "option.autogeneratePattern", input: "text" },
  ],
});
