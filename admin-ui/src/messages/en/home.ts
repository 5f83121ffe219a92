/** The first page. */
export const home = {
  "home.title": "Collections",
  "home.name": "Name",
  "home.type": "Type",
  "home.access": "Who may read",
  "home.fields": "Fields",
  "home.records": "Records",
  "home.empty": "No collections yet",
  "home.emptyText": "A collection is a set of records with the same fields, with its own API.",

  "start.title": "First steps",
  "start.create": "Create a collection",
  "start.createText": "Name it, add its fields, and decide who may use it.",
  "start.import": "Load your data",
  "start.importText": "CSV, JSON and NDJSON become a collection with one command.",
  "start.connect": "Connect an app",
  "start.connectText": "The client gives you typed records and sign-in.",
  "start.done": "Done",
  "start.toDo": "To do",
} as const;
