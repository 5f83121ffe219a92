/**
 * Which rows are on the screen: all rows have one height, so their places are arithmetic.
 *
 * Browsers do not draw boxes of any height, so a long list is drawn in a shorter box in which the
 * scrollbar moves by more than it seems to.
 */

/** What is seen of a list. */
export interface Sight {
  /** How far the box is scrolled, in pixels. */
  scrollTop: number;
  /** Of what is seen, in pixels. */
  height: number;
  /** Of one row, in pixels. */
  rowHeight: number;
  /** How many rows there are. */
  total: number;
}

/** Rows to draw. */
export interface Span {
  /** The first one, from 0. */
  first: number;
  /** Behind the last one. */
  end: number;
  /** Where the first one begins in the box, in pixels. */
  offset: number;
  /** The height of the box, in pixels. */
  size: number;
}

/** Rows beyond each edge that are drawn too, so that a slow scroll shows no gap. */
const BEYOND = 6;
const TALLEST_PX = 8_000_000;

/** The rows to draw. */
export function spanOf(sight: Sight): Span {
  const { height, rowHeight, total, scrollTop } = sight;
  const size = sizeOf(sight);
  const top = topOf(sight);
  const first = clamp(Math.floor(top / rowHeight) - BEYOND, 0, total);
  const end = clamp(Math.ceil((top + height) / rowHeight) + BEYOND, first, total);
  return { first, end, offset: first * rowHeight - top + scrollTop, size };
}

/** How many rows are drawn at most, wherever the list is scrolled to. */
export function drawnAtMost({ height, rowHeight }: Pick<Sight, "height" | "rowHeight">): number {
  return Math.ceil(height / rowHeight) + 1 + 2 * BEYOND;
}

/** The height of the box, in pixels. */
export function sizeOf({ total, rowHeight }: Pick<Sight, "total" | "rowHeight">): number {
  return Math.min(total * rowHeight, TALLEST_PX);
}

/** The first row that is not above the edge. */
export function firstSeen(sight: Sight): number {
  return clamp(Math.ceil(topOf(sight) / sight.rowHeight), 0, Math.max(sight.total - 1, 0));
}

/** How far to scroll so that a row is seen, and no further than needed. */
export function reveal(index: number, sight: Sight): number {
  const { height, rowHeight } = sight;
  const top = topOf(sight);
  const begin = index * rowHeight;
  if (begin < top) return scrollFor(begin, sight);
  if (begin + rowHeight > top + height) return scrollFor(begin + rowHeight - height, sight);
  return sight.scrollTop;
}

/** How far to scroll so that the list begins at a place of its own, in pixels. */
export function scrollFor(top: number, sight: Sight): number {
  const { height, rowHeight, total } = sight;
  const full = total * rowHeight;
  const size = sizeOf(sight);
  const wanted = clamp(top, 0, Math.max(full - height, 0));
  return full <= size ? wanted : (wanted / (full - height)) * (size - height);
}

/** Where in the whole list what is seen begins, in pixels. */
export function topOf(sight: Sight): number {
  const { scrollTop, height, rowHeight, total } = sight;
  const full = total * rowHeight;
  const size = sizeOf(sight);
  if (full <= size) return clamp(scrollTop, 0, Math.max(full - height, 0));
  return clamp(scrollTop / (size - height), 0, 1) * (full - height);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
