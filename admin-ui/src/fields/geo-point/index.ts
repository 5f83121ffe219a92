import Icon from "@lucide/svelte/icons/map-pin";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";

export const geoPoint = kind({
  type: "geoPoint",
  label: "field.geoPoint",
  help: "field.geoPointHelp",
  icon: Icon,
  cell: Cell,
  sortable: false,
});
