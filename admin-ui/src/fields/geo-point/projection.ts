/** A flat map of the world: longitude to the right, latitude up, and a window that looks at it. */
import type { Point } from "./value.ts";

/** The size of the map in its own units: one for each degree. */
export const WIDTH = 360;
export const HEIGHT = 180;

/** How close one can come. */
export const CLOSEST = 64;

/** What is seen: a point in the middle, and how many times larger than the whole world. */
export interface View {
  middle: Point;
  zoom: number;
}

/** Where a point lies on the map. */
export const placed = ({ lon, lat }: Point): [number, number] => [lon + 180, 90 - lat];

/** The part of the map that is seen, as an SVG has it: left, top, width, height. */
export function windowOf({ middle, zoom }: View): [number, number, number, number] {
  const [width, height] = [WIDTH / zoom, HEIGHT / zoom];
  const [x, y] = placed(middle);
  return [
    within(x - width / 2, 0, WIDTH - width),
    within(y - height / 2, 0, HEIGHT - height),
    width,
    height,
  ];
}

/** The point under a place of the window, given in parts of its width and height. */
export function pointAt(across: number, down: number, view: View): Point {
  const [left, top, width, height] = windowOf(view);
  const lon = left + across * width - 180;
  const lat = 90 - (top + down * height);
  return rounded({ lon: within(lon, -180, 180), lat: within(lat, -90, 90) }, view.zoom);
}

/** A point moved by a part of what is seen; round the world, but not over a pole. */
export function stepped(point: Point, right: number, up: number, zoom: number): Point {
  const step = 10 / zoom;
  const lon = point.lon + right * step;
  const turned = lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon;
  return rounded({ lon: turned, lat: within(point.lat + up * step, -90, 90) }, zoom);
}

/** The next zoom, closer or further away. */
export const zoomed = (zoom: number, closer: boolean): number =>
  within(closer ? zoom * 2 : zoom / 2, 1, CLOSEST);

/** As exact as it can be meant: a hand does not mean more digits than a map shows. */
function rounded({ lon, lat }: Point, zoom: number): Point {
  const places = Math.min(4, 1 + Math.ceil(Math.log10(zoom)));
  return { lon: Number(lon.toFixed(places)), lat: Number(lat.toFixed(places)) };
}

const within = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), most);
