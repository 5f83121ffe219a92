/**
 * Where tables stand and which way their relations take. All tables are equally wide and stand in
 * columns. A relation crosses a column only as a level line at a place that was kept free for it,
 * and rises or falls only between columns: so no relation is ever drawn across a table.
 */
import { Graph, layout } from "@dagrejs/dagre";
import type { Relation, Schema, Table } from "./schema.ts";

export const WIDTH = 230;
export const HEAD = 38;
export const ROW = 26;
const GAP = 120;
const BETWEEN = 36;
/** How far a relation of a table with itself, or one to the same side, stands out. */
const OUT = 44;

export interface Box {
  x: number;
  y: number;
  height: number;
}
export interface Point {
  x: number;
  y: number;
}
export interface Way {
  /** The path as SVG writes it. */
  path: string;
  /** Its level parts, from left to right or back. */
  levels: [Point, Point][];
  start: Point;
  end: Point;
}
export interface Layout {
  boxes: Record<string, Box>;
  ways: Record<string, Way>;
}

export const heightOf = ({ fields }: Table) => HEAD + fields.length * ROW + 6;

/** Places everything. */
export function layOut({ tables, relations }: Schema): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: BETWEEN, edgesep: 18, ranksep: GAP, marginx: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const table of tables) {
    graph.setNode(table.id, { width: WIDTH, height: heightOf(table) });
  }
  for (const { id, from, to } of relations) {
    if (from !== to) graph.setEdge(from, to, {}, id);
  }
  layout(graph);
  const boxes = Object.fromEntries(
    tables.map((table) => {
      const { x, y } = graph.node(table.id) as Point;
      const height = heightOf(table);
      return [table.id, { x: x - WIDTH / 2, y: y - height / 2, height }];
    }),
  );
  const byId = new Map(tables.map((table) => [table.id, table]));
  const ways = relations.map((relation): [string, Way] => {
    const points =
      relation.from === relation.to
        ? []
        : (graph.edge(relation.from, relation.to, relation.id) as { points: Point[] }).points;
    return [relation.id, wayOf(relation, byId, boxes, columnsOf(points, boxes))];
  });
  return { boxes, ways: Object.fromEntries(ways) };
}

/** The places at which a way crosses columns: those of its points that are in the middle of one. */
function columnsOf(points: Point[], boxes: Record<string, Box>): Point[] {
  const middles = new Set(Object.values(boxes).map(({ x }) => Math.round(x + WIDTH / 2)));
  return points.slice(1, -1).filter(({ x }) => middles.has(Math.round(x)));
}

function wayOf(
  { from, to, field }: Relation,
  tables: Map<string, Table>,
  boxes: Record<string, Box>,
  crossings: Point[],
): Way {
  const source = boxes[from];
  const target = boxes[to];
  if (source === undefined || target === undefined) throw new Error(`no table for ${field}`);
  const row = tables.get(from)?.fields.findIndex(({ name }) => name === field) ?? 0;
  const startY = source.y + HEAD + (row + 0.5) * ROW;
  const endY = target.y + HEAD / 2;
  const apart = Math.sign(target.x - source.x);
  const start = { x: apart < 0 ? source.x : source.x + WIDTH, y: startY };
  const end = { x: apart > 0 ? target.x : target.x + WIDTH, y: endY };
  if (apart === 0) return aside(start, end);
  const half = (apart * WIDTH) / 2;
  const levels = crossings.map(({ x, y }): [Point, Point] => [
    { x: x - half, y },
    { x: x + half, y },
  ]);
  const stops: [Point, Point][] = [[start, start], ...levels, [end, end]];
  const path = stops.slice(1).reduce((drawn, [next, over], at) => {
    const [, last] = stops[at] ?? [start, start];
    const middle = round((last.x + next.x) / 2);
    const curve = `C${middle},${round(last.y)} ${middle},${round(next.y)} ${spot(next)}`;
    return `${drawn} ${curve}${over === next ? "" : ` H${round(over.x)}`}`;
  }, `M${spot(start)}`);
  return { path, levels, start, end };
}

/** A way that leaves and arrives at the same side. */
function aside(start: Point, end: Point): Way {
  const out = round(start.x + OUT);
  const curve = `C${out},${round(start.y)} ${out},${round(end.y)} ${spot(end)}`;
  return { path: `M${spot(start)} ${curve}`, levels: [], start, end };
}

const round = (value: number) => Math.round(value * 10) / 10;
const spot = ({ x, y }: Point) => `${round(x)},${round(y)}`;
