import Icon from "@lucide/svelte/icons/calendar-clock";
import { kind } from "../kind.ts";
import Cell from "../date/Cell.svelte";
import Input from "./Input.svelte";

export const autodate = kind({
  type: "autodate",
  label: "field.autodate",
  help: "field.autodateHelp",
  icon: Icon,
  cell: Cell,
  input: Input,
  example: "2030-01-31 12:00:00.000Z",
  canBeRequired: false,
  blank: { onCreate: true, onUpdate: false },
  options: [
    { name: "onCreate", label: "option.onCreate", input: "toggle" },
    { name: "onUpdate", label: "option.onUpdate", input: "toggle" },
  ],
});
