/**
 * A picture that is read, drawn and written by the browser. It is seen upright, as its EXIF data
 * say, and is written that way; the data themselves are not.
 */
import type { Area, Size } from "./area.ts";

/** Larger ones would need more memory than a page of a phone is given. */
const MOST_PIXELS = 50_000_000;
/** Of what is written with loss; from 0 to 1. */
const QUALITY = 0.92;

/** A picture, upright. */
export interface Picture extends Size {
  image: HTMLImageElement;
  /** Gives its memory back. */
  close: () => void;
}

/** How often it was turned to the right by a quarter, and the piece of the result. */
export interface Cut {
  turns: number;
  area: Area;
}

/** Why a picture cannot be cropped here. */
export class CropRefusal extends Error {
  constructor(
    readonly reason: "broken" | "large" | "unwritable",
    readonly size?: Size,
  ) {
    super(reason);
  }
}

/** The most that can be cropped, in millions of pixels. */
export const MOST_MEGAPIXELS = MOST_PIXELS / 1_000_000;

/** Reads a picture; whoever opens it closes it. */
export async function openPicture(file: Blob): Promise<Picture> {
  const address = URL.createObjectURL(file);
  const close = () => URL.revokeObjectURL(address);
  try {
    const image = await loaded(address);
    const { naturalWidth: width, naturalHeight: height } = image;
    if (width * height > MOST_PIXELS) throw new CropRefusal("large", { width, height });
    return { image, width, height, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The size of a picture once it is turned. */
export function turnedSize({ width, height }: Size, turns: number): Size {
  return turns % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** Draws all of a turned picture, so that it fills the canvas. */
export function draw(canvas: HTMLCanvasElement, picture: Picture, turns: number): void {
  const context = canvas.getContext("2d");
  if (context === null) throw new CropRefusal("unwritable");
  const { width, height } = turnedSize(picture, turns);
  context.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
  context.clearRect(0, 0, width, height);
  put(context, picture, turns);
}

/** Writes a piece as a picture of a type. */
export async function write(picture: Picture, { turns, area }: Cut, type: string): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = area.width;
  canvas.height = area.height;
  const context = canvas.getContext("2d");
  if (context === null) throw new CropRefusal("unwritable");
  if (type === "image/jpeg") {
    // What is not there at all would be black.
    context.fillStyle = "white";
    context.fillRect(0, 0, area.width, area.height);
  }
  context.translate(-area.x, -area.y);
  put(context, picture, turns);
  const written = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, type, QUALITY);
  });
  // A browser writes PNG in place of what it does not know.
  if (written?.type !== type) throw new CropRefusal("unwritable");
  return written;
}

function put(context: CanvasRenderingContext2D, picture: Picture, turns: number): void {
  const { width, height } = picture;
  const [x, y] = [
    [0, 0],
    [height, 0],
    [width, height],
    [0, width],
  ][turns % 4] as [number, number];
  context.translate(x, y);
  context.rotate((turns % 4) * (Math.PI / 2));
  context.drawImage(picture.image, 0, 0);
}

function loaded(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  return new Promise((resolve, reject) => {
    image.onload = () => resolve(image);
    image.onerror = () => reject(new CropRefusal("broken"));
    image.src = address;
  });
}
