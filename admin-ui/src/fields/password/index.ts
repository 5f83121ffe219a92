import Icon from "@lucide/svelte/icons/key-round";
import { kind } from "../kind.ts";
import Cell from "../text/Cell.svelte";
import Input from "./Input.svelte";

export const password = kind({
  type: "password",
  label: "field.password",
  help: "field.passwordHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  canBeKept: () => false,
  example: "••••••••",
  sortable: false,
  shown: false,
  options: [
    { name: "min", label: "option.minLength", input: "number" },
    { name: "max", label: "option.maxLength", input: "number" },
    { name: "pattern", label: "option.pattern", input: "text" },
    { name: "cost", label: "option.cost", input: "number" },
  ],
});
