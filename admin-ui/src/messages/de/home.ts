/** Die erste Seite. */
export const home = {
  "home.title": "Sammlungen",
  "home.name": "Name",
  "home.type": "Art",
  "home.access": "Wer lesen darf",
  "home.fields": "Felder",
  "home.records": "Datensätze",
  "home.empty": "Noch keine Sammlungen",
  "home.emptyText":
    "Eine Sammlung ist eine Menge von Datensätzen mit denselben Feldern und eigener API.",

  "start.title": "Erste Schritte",
  "start.create": "Lege eine Sammlung an",
  "start.createText": "Gib ihr Namen und Felder, und bestimme, wer sie benutzen darf.",
  "start.import": "Lade deine Daten",
  "start.importText": "CSV, JSON und NDJSON werden mit einem Befehl zu einer Sammlung.",
  "start.connect": "Verbinde eine App",
  "start.connectText": "Der Client gibt dir typisierte Datensätze und Anmeldung.",
  "start.done": "Erledigt",
  "start.toDo": "Noch zu tun",
};
