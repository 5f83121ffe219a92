/** The table of records. */
export const grid = {
  "grid.choose": "Choose {id}",
  "grid.chooseAll": "Choose all records that are found",
  "grid.chosen.one": "{count} chosen",
  "grid.chosen.other": "{count} chosen",
  "grid.headHelp": "Sort by {name}. Alt with an arrow moves the column, Alt and Shift resizes it.",
  "grid.saved": "Saved",
  "grid.fieldSaved": "{field} is saved.",
  "grid.undone": "Taken back.",
  "grid.cannotUndo": "{id} was changed by somebody else since. It stays as it is now.",
  "grid.changedMeanwhile": "{id} was changed by somebody else. Look at it and try again.",
} as const;
