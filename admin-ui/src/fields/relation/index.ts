import Icon from "@lucide/svelte/icons/waypoints";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const relation = kind({
  type: "relation",
  label: "field.relation",
  help: "field.relationHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  canBeUnique: true,
  example: "posts → people",
  blank: { collectionId: "", maxSelect: 1 },
  options: [
    { name: "collectionId", label: "option.collectionId", input: "collection" },
    { name: "minSelect", label: "option.minSelect", input: "number" },
    { name: "maxSelect", label: "option.maxSelect", input: "number" },
    { name: "cascadeDelete", label: "option.cascadeDelete", input: "toggle" },
  ],
});
