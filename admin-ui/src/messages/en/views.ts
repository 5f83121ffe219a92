/** Saved views and columns of the table of records. */
export const views = {
  "view.label": "Views",
  "view.none":
    "A view is a filter, an order, a search and columns. Give this one a name to keep it.",
  "view.name": "Name of this view",
  "view.keep": "Keep",
  "view.kept": "The view {name} is kept.",
  "view.notKept": "This could not be kept on the server.",
  "view.remove": "Remove the view {name}",
  "view.removed": "The view {name} is removed.",
  "view.copy": "Copy a link to what you see",
  "view.copied": "The link is copied. It shows the same view to any superuser.",
  "columns.label": "Columns",
  "columns.width": "Width of {name}",
  "columns.pin": "Keep {name} in sight at the left",
  "columns.wrap": "Show {name} in three lines",
  "columns.up": "Move {name} to the left",
  "columns.down": "Move {name} to the right",
  "columns.reset": "Reset columns",
  "columns.keep": "Keep as my own",
  "columns.kept": "Your columns are kept on the server, on all your devices.",
  "columns.ofAddress": "These columns are those of the link or view that you opened.",
} as const;
