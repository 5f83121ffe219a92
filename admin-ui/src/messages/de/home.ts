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
};
