import Icon from "@lucide/svelte/icons/at-sign";
import { kind } from "../kind.ts";
import Cell from "../text/Cell.svelte";
import Input from "./Input.svelte";

export const email = kind({
  type: "email",
  label: "field.email",
  help: "field.emailHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  searched: true,
  canBeUnique: true,
  default: "text",
  example: "ada@example.com",
  options: [
    { name: "onlyDomains", label: "option.onlyDomains", input: "list" },
    { name: "exceptDomains", label: "option.exceptDomains", input: "list" },
  ],
});
