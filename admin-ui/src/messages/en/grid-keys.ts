/** The keys of the table. */
export const gridKeys = {
  "gridKeys.down": "Next record",
  "gridKeys.up": "Record before",
  "gridKeys.first": "First record",
  "gridKeys.last": "Last record",
  "gridKeys.choose": "Choose the record",
  "gridKeys.range": "Choose all records up to here",
  "gridKeys.everything": "Choose everything that is found",
  "gridKeys.leave": "Choose none",
  "gridKeys.edit": "Edit the cell",
  "gridKeys.open": "Open the record",
  "gridKeys.delete": "Delete what is chosen",
  "gridKeys.paste": "Paste cells of a spreadsheet",
} as const;
