/** Die Tabelle der Datensätze. */
export const grid = {
  "grid.choose": "{id} auswählen",
  "grid.chooseAll": "Alle gefundenen Datensätze auswählen",
  "grid.chosen.one": "{count} ausgewählt",
  "grid.chosen.other": "{count} ausgewählt",
  "grid.headHelp":
    "Nach {name} sortieren. Alt mit Pfeil verschiebt die Spalte, Alt und Umschalt ändert die " +
    "Breite.",
  "grid.saved": "Gespeichert",
  "grid.fieldSaved": "{field} ist gespeichert.",
  "grid.undone": "Zurückgenommen.",
  "grid.cannotUndo": "{id} hat seitdem jemand anderes geändert. Es bleibt, wie es jetzt ist.",
  "grid.changedMeanwhile":
    "{id} hat jemand anderes geändert. Sieh es dir an, und versuche es noch einmal.",
  "grid.theirs": "Jemand anderes hat das inzwischen geändert. Jetzt steht da:",
  "grid.takeTheirs": "Den anderen Wert nehmen",
  "grid.keepMine": "Meinen speichern",
  "grid.save": "Speichern",
  "grid.saving": "Wird gespeichert …",
  "grid.cancel": "Abbrechen",
  "grid.doneOf": "{done} von {of}",
  "grid.stop": "Anhalten",
  "grid.live": "Live",
  "grid.liveHelp": "Änderungen anderer erscheinen sofort.",
  "grid.notLive": "Gerade nicht live",
};
