import Icon from "@lucide/svelte/icons/map-pin";
import { kind } from "../kind.ts";
import Cell from "./Cell.svelte";
import Input from "./Input.svelte";

export const geoPoint = kind({
  type: "geoPoint",
  label: "field.geoPoint",
  help: "field.geoPointHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  wide: true,
  default: "json",
  example: '{"lon":13.4,"lat":52.5}',
  sortable: false,
});
