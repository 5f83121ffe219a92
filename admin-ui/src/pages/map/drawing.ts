/** The map as one SVG file that needs nothing else, in light colours for paper. */
import { HEAD, ROW, WIDTH, type Layout } from "./layout.ts";
import type { Schema } from "./schema.ts";

const MARGIN = 30;
const FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
const COLOURS = { line: "#8793a1", head: "#e6f0fb", text: "#16202b", soft: "#55616f" };

/** The file, and how large it is in pixels. */
export function drawingOf(
  { tables, relations }: Schema,
  { boxes, ways }: Layout,
): { svg: string; width: number; height: number } {
  const all = Object.values(boxes);
  const width = Math.max(0, ...all.map(({ x }) => x + WIDTH)) + 2 * MARGIN;
  const height = Math.max(0, ...all.map(({ y, height }) => y + height)) + 2 * MARGIN;
  const lines = relations.flatMap(({ id, fromAmount, toAmount }) => {
    const way = ways[id];
    if (way === undefined) return [];
    return [
      `<path d="${way.path}" fill="none" stroke="${COLOURS.line}" stroke-width="1.5"/>`,
      mark(way.start, fromAmount),
      mark(way.end, toAmount),
    ];
  });
  const drawn = tables.flatMap(({ id, name, fields }) => {
    const box = boxes[id];
    if (box === undefined) return [];
    const rows = fields.map(({ name, type }, at) => {
      const y = HEAD + (at + 0.5) * ROW + 4;
      return (
        `<text x="12" y="${y}" fill="${COLOURS.text}">${escaped(name)}</text>` +
        `<text x="${WIDTH - 12}" y="${y}" fill="${COLOURS.soft}" text-anchor="end">${type}</text>`
      );
    });
    const head = `M0 ${HEAD}V8a8 8 0 0 1 8-8H${WIDTH - 8}a8 8 0 0 1 8 8V${HEAD}z`;
    return [
      `<g transform="translate(${box.x} ${box.y})">`,
      `<rect width="${WIDTH}" height="${box.height}" rx="8" fill="#fff" stroke="${COLOURS.line}"/>`,
      `<path d="${head}" fill="${COLOURS.head}"/>`,
      `<text x="12" y="24" font-weight="600" fill="${COLOURS.text}">${escaped(name)}</text>`,
      ...rows,
      "</g>",
    ];
  });
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    ` viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" font-family="${FONT}" font-size="13">`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="#fff"/>`,
    ...lines,
    ...drawn,
    "</svg>",
  ].join("\n");
  return { svg, width, height };
}

/** The same as an image of points, twice as fine. */
export async function imageOf(drawing: {
  svg: string;
  width: number;
  height: number;
}): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([drawing.svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [drawing.width * 2, drawing.height * 2];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob === null ? reject(new Error("no image")) : resolve(blob))),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

function mark({ x, y }: { x: number; y: number }, amount: string): string {
  return `<text x="${x + 6}" y="${y - 5}" font-size="11" fill="${COLOURS.soft}">${amount}</text>`;
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
