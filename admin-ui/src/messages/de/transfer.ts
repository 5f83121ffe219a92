/** Definitionen von Sammlungen, hinein und hinaus. */
export const transfer = {
  "transfer.export": "Exportieren",
  "transfer.exportText":
    "Wie Sammlungen definiert sind, ohne ihre Datensätze. Auch PocketBase liest es.",
  "transfer.all": "Alle",
  "transfer.choose": "Sammlungen, die exportiert werden",
  "transfer.copy": "Als JSON kopieren",
  "transfer.copied": "Kopiert.",
  "transfer.download": "Herunterladen",
  "transfer.import": "Importieren",
  "transfer.importText":
    "Ein Export von Luge oder PocketBase oder die data.db eines PocketBase. Er wird erst " +
    "verglichen und ändert nichts, bis du es sagst.",
  "transfer.file": "Datei wählen",
  "transfer.paste": "Oder füge das JSON ein",
  "transfer.compare": "Vergleichen",
  "transfer.drop": "Lege eine Datei hier ab: exportiertes JSON oder eine data.db",
  "transfer.reading": "Es wird gelesen, was {name} definiert …",
  "transfer.recordsStay":
    "Nur Definitionen: Datensätze und Dateien eines PocketBase kommen mit diesem Befehl, in " +
    "einen neuen Datenordner.",
  "transfer.remarks": "Was anders oder gar nicht kommt:",
  "transfer.note.view":
    "{name} ist eine View: Ihre Definition bleibt, ihre Datensätze lassen sich noch nicht " +
    "lesen.",
  "transfer.note.providers":
    "{name}: Die Anmeldung über {names} bleibt weg, denn ein Export enthält keine Geheimnisse. " +
    "Füge sie danach wieder hinzu.",
  "transfer.note.legacy":
    "Dieser Export stammt von einem PocketBase vor 0.23. Er wird so gezeigt, wie diese und " +
    "spätere Versionen dasselbe definieren.",
  "transfer.way": "Was es nur hier gibt",
  "transfer.merge": "Bleibt (zusammenführen)",
  "transfer.replace": "Geht (ersetzen)",
  "transfer.same": "Alles darin gibt es hier schon genauso.",
  "transfer.take": "{name} übernehmen",
  "transfer.takeField": "{field} von {name} übernehmen",
  "transfer.state.new": "neu",
  "transfer.state.changed": "geändert",
  "transfer.state.gone": "gelöscht",
  "transfer.part": "Teil",
  "transfer.now": "Jetzt",
  "transfer.inFile": "In der Datei",
  "transfer.result": "Ergebnis",
  "transfer.none": "nichts",
  "transfer.parts": "Änderungen an {name}, scrollbar",
  "transfer.lossTitle": "Dabei gehen Daten verloren:",
  "transfer.lossCollection.one": "{name} wird mit {count} Datensatz gelöscht.",
  "transfer.lossCollection.other": "{name} wird mit {count} Datensätzen gelöscht.",
  "transfer.lossField.one": "{field} geht in {count} Datensatz verloren.",
  "transfer.lossField.other": "{field} geht in {count} Datensätzen verloren.",
  "transfer.lossUncounted": "{field} geht in jedem Datensatz verloren, der es hat.",
  "transfer.typeWord": "Daten verlieren",
  "transfer.type": "Tippe „{word}“, um fortzufahren",
  "transfer.counting": "Es wird gezählt, was verloren ginge …",
  "transfer.apply.one": "{count} Sammlung ändern",
  "transfer.apply.other": "{count} Sammlungen ändern",
  "transfer.done": "Fertig. Die Sammlungen sind wie gezeigt.",
  "transfer.moved": "Inzwischen hat jemand anderes Sammlungen geändert. Vergleiche noch einmal.",
  "transfer.trouble.json": "Das ist kein JSON: {reason}",
  "transfer.trouble.shape": "Das ist kein Export: Erwartet wird eine Liste von Sammlungen.",
  "transfer.trouble.name": "Eintrag {at} hat keinen Namen, ist also keine Sammlung.",
  "transfer.trouble.twice": "{name} ist zweimal darin.",
  "transfer.trouble.large":
    "Die Datenbank ist zu groß: Höchstens {most} werden gesendet. Importiere den ganzen Ordner " +
    "mit dem Befehl unten.",
};
