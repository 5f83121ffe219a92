/** Numbers as people type them. */

/**
 * Reads a number with a decimal point or comma, an exponent, and groups of three digits as they
 * are pasted from elsewhere; undefined where it is none.
 */
export function readNumber(text: string): number | undefined {
  const tight = text.trim().replace(/[\s\u00a0\u202f'’_]/g, "").replace("−", "-");
  if (tight === "") return undefined;
  const plain = withPoint(tight);
  if (plain === undefined || !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** The next value in a direction, without the dust of binary fractions. */
export function stepped(value: number, step: number): number {
  const places = Math.max(placesOf(value), placesOf(step));
  return Number((value + step).toFixed(Math.min(places, 100)));
}

/** Of several points or commas, those that part groups of three digits mean nothing. */
function withPoint(text: string): string | undefined {
  const points = text.split(".").length - 1;
  const commas = text.split(",").length - 1;
  if (points === 0 && commas === 0) return text;
  if (points > 0 && commas > 0) {
    const decimal = text.lastIndexOf(".") > text.lastIndexOf(",") ? "." : ",";
    const group = decimal === "." ? "," : ".";
    const [whole = "", ...rest] = text.split(decimal);
    if (rest.length !== 1 || !isGrouped(whole, group)) return undefined;
    return `${whole.replaceAll(group, "")}.${rest[0]}`;
  }
  const mark = points > 0 ? "." : ",";
  if (Math.max(points, commas) > 1) {
    return isGrouped(text, mark) ? text.replaceAll(mark, "") : undefined;
  }
  return text.replace(",", ".");
}

function isGrouped(whole: string, group: string): boolean {
  const [first = "", ...others] = whole.replace(/^[-+]/, "").split(group);
  return /^\d{1,3}$/.test(first) && others.every((each) => /^\d{3}$/.test(each));
}

function placesOf(value: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (digits.split(".")[1]?.length ?? 0) - Number(exponent));
}
