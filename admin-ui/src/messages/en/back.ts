/** Records that point here. */
export const back = {
  "back.open.one": "{count} record of {name}: show it",
  "back.open.other": "{count} records of {name}: show them",
  "back.more.one": "and {count} more",
  "back.more.other": "and {count} more",
  "back.counting": "Counting …",
  "back.unknown": "not known",
} as const;
