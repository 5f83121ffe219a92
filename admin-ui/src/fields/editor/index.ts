import Icon from "@lucide/svelte/icons/text-initial";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const editor = kind({
  type: "editor",
  label: "field.editor",
  help: "field.editorHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  wide: true,
  searched: true,
  default: "text",
  example: "<p>Hello</p>",
  sortable: false,
  options: [
    { name: "maxSize", label: "option.maxSize", input: "size" },
    { name: "convertURLs", label: "option.convertURLs", input: "toggle" },
  ],
});
