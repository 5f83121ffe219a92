/** What of a map is seen first: all of it where that can be read, and else where it begins. */
import { WIDTH, type Box } from "./layout.ts";

export interface View {
  x: number;
  y: number;
  zoom: number;
}
interface Size {
  width: number;
  height: number;
}

/** Smaller than this, fields can hardly be read or pressed; larger is not needed. */
const LEAST = 0.95;
const MOST = 1.1;
/** Between what is seen and the edge of the window, in pixels. */
const EDGE = 28;

/**
 * Shows boxes in a window. In a direction in which they do not fit as large as they can be read,
 * they begin at the edge, so that no table is cut off on the side where reading starts.
 */
export function viewOf(boxes: Box[], window: Size): View {
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const width = Math.max(...boxes.map(({ x }) => x + WIDTH)) - left;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - top;
  const fitting = Math.min(
    (window.width - 2 * EDGE) / width,
    (window.height - 2 * EDGE) / height,
  );
  const zoom = Math.min(MOST, Math.max(LEAST, fitting));
  const place = (from: number, size: number, room: number) =>
    Math.max(EDGE, (room - size * zoom) / 2) - from * zoom;
  return { x: place(left, width, window.width), y: place(top, height, window.height), zoom };
}
