/**
 * The piece of a picture that is kept. It is made of whole pixels, at least one of them, and never
 * reaches out of the picture.
 */

export interface Size {
  width: number;
  height: number;
}

/** A piece, by its place from the left and from the top. */
export interface Area extends Size {
  x: number;
  y: number;
}

/** What a piece is resized by: the sides of it that move, `se` being its lower right corner. */
export type Handle = "n" | "e" | "s" | "w" | "ne" | "se" | "sw" | "nw";

/** The largest piece, in the middle; of a shape (width by height), or all. */
export function largest({ width, height }: Size, shape?: number): Area {
  if (shape === undefined) return { x: 0, y: 0, width, height };
  const wide = within(Math.round(height * shape), 1, width);
  const tall = within(Math.round(wide / shape), 1, height);
  return {
    x: Math.floor((width - wide) / 2),
    y: Math.floor((height - tall) / 2),
    width: wide,
    height: tall,
  };
}

/** The piece moved by so much, as far as there is picture. */
export function moved(area: Area, right: number, down: number, size: Size): Area {
  return {
    ...area,
    x: within(Math.round(area.x + right), 0, size.width - area.width),
    y: within(Math.round(area.y + down), 0, size.height - area.height),
  };
}

/** How a piece is dragged. */
export interface Drag {
  handle: Handle;
  right: number;
  down: number;
}

/** The piece with one handle dragged; what is opposite to it stays where it is. */
export function resized(
  area: Area,
  { handle, right, down }: Drag,
  size: Size,
  shape?: number,
): Area {
  const [west, north] = [handle.includes("w"), handle.includes("n")];
  const [isWide, isTall] = [/[ew]/.test(handle), /[ns]/.test(handle)];
  const room = {
    width: west ? area.x + area.width : size.width - area.x,
    height: north ? area.y + area.height : size.height - area.y,
  };
  const wanted = {
    width: area.width + (isWide ? (west ? -right : right) : 0),
    height: area.height + (isTall ? (north ? -down : down) : 0),
  };
  const byHeight = !isWide || (isTall && Math.abs(down) > Math.abs(right));
  const { width, height } = fitted(wanted, room, byHeight, shape);
  return {
    x: west ? area.x + area.width - width : area.x,
    y: north ? area.y + area.height - height : area.y,
    width,
    height,
  };
}

/** The piece of a picture that was turned to the right by a quarter; `size` is as it was before. */
export function turned({ x, y, width, height }: Area, size: Size): Area {
  return { x: size.height - y - height, y: x, width: height, height: width };
}

/** A number of the piece as somebody typed it. */
export function typed(
  area: Area,
  name: keyof Area,
  value: number,
  size: Size,
  shape?: number,
): Area {
  if (!Number.isFinite(value)) return area;
  const by = value - area[name];
  if (name === "x") return moved(area, by, 0, size);
  if (name === "y") return moved(area, 0, by, size);
  const drag = name === "width" ? { right: by, down: 0 } : { right: 0, down: by };
  return resized(area, { handle: "se", ...drag }, size, shape);
}

function fitted(wanted: Size, room: Size, byHeight: boolean, shape?: number): Size {
  let { width, height } = wanted;
  if (shape !== undefined) {
    const most = Math.min(room.width, room.height * shape);
    width = within(byHeight ? height * shape : width, Math.max(1, shape), most);
    height = width / shape;
  }
  return {
    width: within(Math.round(width), 1, room.width),
    height: within(Math.round(height), 1, room.height),
  };
}

const within = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), most);
