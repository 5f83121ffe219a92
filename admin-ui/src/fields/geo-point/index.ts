import Icon from "@lucide/svelte/icons/map-pin";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";

export const geoPoint = kind({
  type: "geoPoint",
  label: "field.geoPoint",
  help: "field.geoPointHelp",
  icon: Icon,
  cell: Cell,
  default: "json",
  example: '{"lon":13.4,"lat":52.5}',
  sortable: false,
});
