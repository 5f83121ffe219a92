/** The shapes that a piece of a picture can be held to. */
import type { Field } from "@luge/client/admin";

/** A shape by its name, such as `4:3`; without a ratio of width to height it is any. */
export interface Shape {
  name: string;
  ratio?: number;
}

export const FREE: Shape = { name: "free" };
const USUAL = ["1:1", "4:3", "16:9"];
/** A thumb of two sides; one that says 0 has the shape of the picture. */
const THUMB = /^([1-9]\d*)x([1-9]\d*)[tbf]?$/;

/** Any, those of the field's thumbs, and the usual ones; each once. */
export function shapesOf({ thumbs }: Field): Shape[] {
  const own = ((thumbs as string[] | undefined) ?? []).flatMap(shapeOf);
  const names = [...new Set([...own, ...USUAL])];
  return [FREE, ...names.map((name) => ({ name, ratio: ratioOf(name) }))];
}

function shapeOf(thumb: string): string[] {
  const [, width = "", height = ""] = THUMB.exec(thumb) ?? [];
  if (width === "") return [];
  const shared = divisor(Number(width), Number(height));
  return [`${Number(width) / shared}:${Number(height) / shared}`];
}

function ratioOf(name: string): number {
  const [width = 1, height = 1] = name.split(":").map(Number);
  return width / height;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
