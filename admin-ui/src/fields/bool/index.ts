import Icon from "@lucide/svelte/icons/toggle-right";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const bool = kind({
  type: "bool",
  label: "field.bool",
  help: "field.boolHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  default: "toggle",
  example: "true",
});
