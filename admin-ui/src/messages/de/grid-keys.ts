/** Die Tasten der Tabelle. */
export const gridKeys = {
  "gridKeys.down": "Nächster Datensatz",
  "gridKeys.up": "Voriger Datensatz",
  "gridKeys.first": "Erster Datensatz",
  "gridKeys.last": "Letzter Datensatz",
  "gridKeys.choose": "Datensatz auswählen",
  "gridKeys.range": "Alle Datensätze bis hierher auswählen",
  "gridKeys.everything": "Alles Gefundene auswählen",
  "gridKeys.leave": "Auswahl aufheben",
  "gridKeys.edit": "Zelle bearbeiten",
  "gridKeys.open": "Datensatz öffnen",
  "gridKeys.delete": "Ausgewähltes löschen",
  "gridKeys.paste": "Zellen einer Tabellenkalkulation einfügen",
};
