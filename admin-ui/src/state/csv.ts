/** Cells of CSV (RFC 4180). */

/** What a spreadsheet may take as the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell; with `guarded`, what a spreadsheet would run as a formula gets a `'` in front. */
export function csvCell(value: unknown, guarded: boolean): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : plainList(value);
  return quoted(guarded && FORMULA.test(text) ? `'${text}` : text);
}

/** A text as it stands between the commas. */
export function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Names and ids one after another, anything else as JSON. */
function plainList(value: unknown): string {
  const isPlain = Array.isArray(value) && value.every((each) => typeof each === "string");
  const isClear = isPlain && !value.some((each) => each.includes(","));
  return isClear ? value.join(",") : JSON.stringify(value);
}
