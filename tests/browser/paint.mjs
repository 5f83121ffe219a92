// Pictures that are made here, and the colours of pictures as a browser sees them.

import { crc32, deflateSync } from "node:zlib";

export const RED = [255, 0, 0, 255];
export const GREEN = [0, 255, 0, 255];
export const BLUE = [0, 0, 255, 255];
export const CLEAR = [0, 0, 0, 0];

// A PNG; `colour` says what is at a place, as red, green, blue and opacity.
export function png(width, height, colour) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const row = (y) => [0, ...Array.from({ length: width }, (_, x) => colour(x, y)).flat()];
  const pixels = Buffer.concat(Array.from({ length: height }, (_, y) => Buffer.from(row(y))));
  return signed(header, deflateSync(pixels));
}

// A PNG that says it is that large, and has nothing in it.
export function emptyPng(width, height) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return signed(header, deflateSync(Buffer.alloc(64)));
}

function signed(header, pixels) {
  const start = Buffer.from("89504e470d0a1a0a", "hex");
  const end = chunk("IEND", Buffer.alloc(0));
  return Buffer.concat([start, chunk("IHDR", header), chunk("IDAT", pixels), end]);
}

function chunk(name, content) {
  const named = Buffer.concat([Buffer.from(name), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

// A picture of the same in another type, as the browser writes it.
export async function asType(page, buffer, type) {
  const text = await page.evaluate(
    async ({ source, type }) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext("2d").drawImage(image, 0, 0);
      return canvas.toDataURL(type, 1);
    },
    { source: `data:image/png;base64,${buffer.toString("base64")}`, type },
  );
  return Buffer.from(text.split(",")[1], "base64");
}

// A JPEG whose EXIF data say how it is turned: 6 is a camera held upright.
export function oriented(jpeg, orientation) {
  const tiff = Buffer.from("49492a00080000000100120103000100000000000000000000000000", "hex");
  tiff.writeUInt16LE(orientation, 18);
  const content = Buffer.concat([Buffer.from("Exif\0\0"), tiff]);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xffe1, 0);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

// The smallest GIF: one pixel that is seen through.
export const GIF = Buffer.from(
  "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
  "base64",
);

// The size of a picture, and its colours at some places.
export function seen(page, address, places) {
  return page.evaluate(
    async ({ address, places }) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, height];
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const colours = places.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
      return { width, height, colours };
    },
    { address, places },
  );
}
