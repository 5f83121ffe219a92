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
  searched: true,
  example: "photo.jpg",
  sortable: false,
  blank: { maxSelect: 1 },
  options: [
    { name: "maxSelect", label: "option.maxSelect", input: "number" },
    { name: "maxSize", label: "option.maxSize", input: "size" },
    { name: "mimeTypes", label: "option.mimeTypes", input: "list" },
    { name: "thumbs", label: "option.thumbs", input: "list" },
    { name: "protected", label: "option.protected", input: "toggle" },
  ],
});
