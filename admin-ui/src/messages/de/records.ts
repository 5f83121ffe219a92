/** Datensätze. */
export const records = {
  "records.title": "Datensätze von {name}",
  "records.filter": "Filter",
  "records.filterPlaceholder": "Filter, zum Beispiel: {example}",
  "records.apply": "Anwenden",
  "records.clear": "Filter leeren",
  "records.new": "Neuer Datensatz",
  "records.refresh": "Neu laden",
  "records.empty": "Noch keine Datensätze",
  "records.emptyText":
    "Datensätze, die über die API oder einen Import entstehen, erscheinen hier.",
  "records.noMatch": "Kein Datensatz passt zum Filter",
  "records.noMatchText": "Ändere oder leere den Filter, um mehr zu sehen.",
  "records.badFilter": "Dieser Filter ist nicht brauchbar",
  "records.badFilterText":
    "Vergleiche Felder mit Werten mit =\u00a0!=\u00a0>\u00a0>=\u00a0<\u00a0<=\u00a0~\u00a0!~; " +
    "verbinde mehrere mit && oder ||. Zum Beispiel:",
  "records.total.one": "{count} Datensatz",
  "records.total.other": "{count} Datensätze",
  "records.counting": "Wird gezählt …",
  "records.missing": "Es gibt keine Sammlung namens {name}.",
  "records.view": "Die Datensätze von Views lassen sich noch nicht auflisten.",

  "cell.empty": "leer",
  "cell.yes": "Ja",
  "cell.no": "Nein",
};
