/** Points on the earth. */

/** In degrees; longitude from -180 to 180, latitude from -90 to 90. */
export interface Point {
  lon: number;
  lat: number;
}

/** The point that stands for none. */
export const NOWHERE: Point = { lon: 0, lat: 0 };

/** What the server sent. */
export function pointOf(value: unknown): Point {
  const { lon, lat } = (value ?? {}) as Partial<Point>;
  return { lon: Number(lon ?? 0) || 0, lat: Number(lat ?? 0) || 0 };
}

export const isNowhere = ({ lon, lat }: Point): boolean => lon === 0 && lat === 0;

/** What is wrong with a point, if anything. */
export function strayOf({ lon, lat }: Point): keyof Point | undefined {
  if (!(Math.abs(lat) <= 90)) return "lat";
  return Math.abs(lon) <= 180 ? undefined : "lon";
}

/**
 * Reads a point as maps copy it (`48.2082, 16.3738`, latitude first); undefined where it is none.
 */
export function readPoint(text: string): Point | undefined {
  const parts = /^\s*(-?\d+(?:\.\d+)?)\s*°?\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*°?\s*$/.exec(text);
  if (!parts) return undefined;
  const point = { lat: Number(parts[1]), lon: Number(parts[2]) };
  return strayOf(point) === undefined ? point : undefined;
}
