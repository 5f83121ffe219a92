/** Gespeicherte Ansichten und Spalten der Tabelle der Datensätze. */
export const views = {
  "view.label": "Ansichten",
  "view.none":
    "Eine Ansicht ist Filter, Reihenfolge, Suche und Spalten. Benenne diese, um sie zu behalten.",
  "view.name": "Name dieser Ansicht",
  "view.keep": "Behalten",
  "view.kept": "Die Ansicht {name} ist gespeichert.",
  "view.notKept": "Das ließ sich auf dem Server nicht speichern.",
  "view.remove": "Ansicht {name} entfernen",
  "view.removed": "Die Ansicht {name} ist entfernt.",
  "view.copy": "Link zu dem kopieren, was du siehst",
  "view.copied": "Der Link ist kopiert. Er zeigt jedem Superuser dieselbe Ansicht.",
  "columns.label": "Spalten",
  "columns.width": "Breite von {name}",
  "columns.pin": "{name} links im Blick behalten",
  "columns.wrap": "{name} in drei Zeilen zeigen",
  "columns.up": "{name} nach links",
  "columns.down": "{name} nach rechts",
  "columns.reset": "Spalten zurücksetzen",
  "columns.keep": "Als meine behalten",
  "columns.kept": "Deine Spalten sind auf dem Server gespeichert, für alle deine Geräte.",
  "columns.ofAddress": "Diese Spalten sind die des Links oder der Ansicht, die du geöffnet hast.",
};
