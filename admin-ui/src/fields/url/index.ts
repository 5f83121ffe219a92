import Icon from "@lucide/svelte/icons/link";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const url = kind({
  type: "url",
  label: "field.url",
  help: "field.urlHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  searched: true,
  canBeUnique: true,
  default: "text",
  example: "https://example.com",
  options: [
    { name: "onlyDomains", label: "option.onlyDomains", input: "list" },
    { name: "exceptDomains", label: "option.exceptDomains", input: "list" },
  ],
});
