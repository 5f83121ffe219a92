import Icon from "@lucide/svelte/icons/paperclip";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";
import { isStored, sentFiles } from "./sent.ts";

export const file = kind({
  type: "file",
  label: "field.file",
  help: "field.fileHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  wide: true,
  sent: sentFiles,
  canBeKept: isStored,
  sortable: false,
  blank: { maxSelect: 1 },
  options: [
    { name: "maxSelect", label: "option.maxSelect", input: "number" },
    { name: "maxSize", label: "option.maxSize", input: "number" },
    { name: "mimeTypes", label: "option.mimeTypes", input: "list" },
  ],
});
