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
} as const;
