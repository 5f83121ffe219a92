/** The outlines of the continents, from a file of the dashboard's own; nothing is asked elsewhere. */
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

function pathOf(ring: Position[]): string {
  const points = ring.map(([lon = 0, lat = 0]) => placed({ lon, lat }));
  return `M${points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L")}Z`;
}
