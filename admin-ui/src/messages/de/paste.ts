/** Einen Block von Zellen einfügen. */
export const paste = {
  "paste.title.one": "{count} Zelle einfügen",
  "paste.title.other": "{count} Zellen einfügen",
  "paste.numbers": "Zahlen sind geschrieben wie",
  "paste.dates": "Daten sind geschrieben als",
  "paste.changes.one": "{count} Zelle ändert sich.",
  "paste.changes.other": "{count} Zellen ändern sich.",
  "paste.refusals.one": "{count} Zelle lässt sich nicht einfügen.",
  "paste.refusals.other": "{count} Zellen lassen sich nicht einfügen.",
  "paste.outside.one": "{count} Zelle liegt außerhalb der Tabelle und entfällt.",
  "paste.outside.other": "{count} Zellen liegen außerhalb der Tabelle und entfallen.",
  "paste.reading": "Datensätze werden gelesen …",
  "paste.preview": "Was sich ändert",
  "paste.cell": "Zelle",
  "paste.before": "Vorher",
  "paste.after": "Nachher",
  "paste.fixed": "In diese Spalte lässt sich nichts einfügen.",
  "paste.batchesOff":
    "Batches sind in den Einstellungen aus; ohne sie ändern sich Datensätze nicht zusammen.",
  "paste.tooMany":
    "Das sind {rows} Datensätze, eine Änderung darf {most} haben. Füge weniger Zeilen ein.",
  "paste.together": "Alle Zellen werden zusammen geändert oder keine. Du kannst es zurücknehmen.",
  "paste.go.one": "{count} Zelle ändern",
  "paste.go.other": "{count} Zellen ändern",
};
