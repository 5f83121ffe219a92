/** Viewing a table as somebody else. */
export const viewing = {
  "viewing.label": "View as …",
  "viewing.view": "View",
  "viewing.help":
    "List, search, counts, export and changes then go through their rules.",
  "viewing.guest": "a guest",
  "viewing.record": "{name} of {collection}",
  "viewing.as": "You see this table as {name}.",
  "viewing.text": "What you change here, you change as they may. Records open only as yourself.",
  "viewing.leave": "Be yourself again",
  "viewing.failed": "This table cannot be viewed so: {reason}",
  "viewing.unreadable":
    "“{as}” names no account. It is guest, or a collection and an id, as in users/ID.",
  "viewing.notOpened": "Records open only as yourself. Be yourself again, then open it.",
} as const;
