/** The outlines of the continents, from a file of the dashboard's own. */
import { feature } from "topojson-client";
import type { MultiPolygon, Polygon, Position } from "geojson";
import type { GeometryObject, Topology } from "topojson-specification";
import atlas from "world-atlas/land-110m.json";
import { placed } from "./projection.ts";

/** As the path of an SVG. */
export function landPath(): string {
  const world = atlas as unknown as Topology;
  const land = feature(world, world.objects.land as GeometryObject);
  const shapes = "features" in land ? land.features : [land];
  return shapes
    .flatMap(({ geometry }) => ringsOf(geometry as Polygon | MultiPolygon))
    .map(pathOf)
    .join("");
}

function ringsOf(geometry: Polygon | MultiPolygon): Position[][] {
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
}

const ROUND = 360;
const HALF = 180;

/** One that goes over the edge of the map is drawn on both sides of it. */
function pathOf(ring: Position[]): string {
  const whole = unrolled(ring);
  const lons = whole.map(([lon = 0]) => lon);
  const shifts = [0];
  if (Math.min(...lons) < -HALF) shifts.push(ROUND);
  if (Math.max(...lons) > HALF) shifts.push(-ROUND);
  return shifts.map((shift) => drawn(whole, shift)).join("");
}

/** Longitudes that go on beyond the edge; one that goes round a pole is closed along it. */
function unrolled(ring: Position[]): Position[] {
  const points: Position[] = [];
  let before: number | undefined;
  for (const [lon = 0, lat = 0] of ring) {
    const turns: number = before === undefined ? 0 : Math.round((before - lon) / ROUND);
    before = lon + turns * ROUND;
    points.push([before, lat]);
  }
  const [first = 0, last = 0] = [points[0]?.[0], before];
  if (Math.abs(last - first) < HALF) return points;
  const pole = (points[0]?.[1] ?? 0) < 0 ? -90 : 90;
  return [...points, [last, pole], [first, pole]];
}

function drawn(points: Position[], shift: number): string {
  const places = points.map(([lon = 0, lat = 0]) => placed({ lon: lon + shift, lat }));
  return `M${places.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L")}Z`;
}
