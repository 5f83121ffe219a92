/** Datensätze, die hierher verweisen. */
export const back = {
  "back.open.one": "{count} Datensatz von {name} zeigen",
  "back.open.other": "{count} Datensätze von {name} zeigen",
  "back.more.one": "und {count} weiterer",
  "back.more.other": "und {count} weitere",
  "back.counting": "Wird gezählt …",
  "back.unknown": "unbekannt",
};
