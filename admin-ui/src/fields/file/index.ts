import Icon from "@lucide/svelte/icons/paperclip";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";

export const file = kind({
  type: "file",
  label: "field.file",
  help: "field.fileHelp",
  icon: Icon,
  cell: Cell,
  sortable: false,
  blank: { maxSelect: 1 },
  options: [
    { name: "maxSelect", label: "option.maxSelect", input: "number" },
    { name: "maxSize", label: "option.maxSize", input: "number" },
    { name: "mimeTypes", label: "option.mimeTypes", input: "list" },
  ],
});
