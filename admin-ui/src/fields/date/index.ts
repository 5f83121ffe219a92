import Icon from "@lucide/svelte/icons/calendar";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const date = kind({
  type: "date",
  label: "field.date",
  help: "field.dateHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  canBeUnique: true,
  default: "text",
  example: "2030-01-31 12:00:00.000Z",
  options: [
    { name: "min", label: "option.min", input: "date" },
    { name: "max", label: "option.max", input: "date" },
  ],
});
