/** Which pictures can be cropped, and what becomes of them. */
import type { Field } from "@luge/client/admin";
import type { AnyFile } from "../list.ts";

const TYPES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
};
/** What a browser can write, the ones without loss first. */
const WRITTEN = ["image/png", "image/webp", "image/jpeg"];
/** What the server puts at the end of a name so that it is the only one. */
const SUFFIX = /_[a-z0-9]{10}(?=\.\w+$)/i;

/**
 * The type that a picture has once it is cropped, its own wherever a browser can write that; a GIF
 * becomes a still. Undefined of what cannot be cropped so that the field takes it.
 */
export function croppedType(file: AnyFile, { mimeTypes }: Field): string | undefined {
  const own = typeof file === "string" ? TYPES[extensionOf(file)] : file.type;
  const taken = (mimeTypes as string[] | undefined) ?? [];
  const isTaken = (type: string) => taken.length === 0 || taken.includes(type);
  if (own === "image/gif") return WRITTEN.find(isTaken);
  return WRITTEN.find((type) => type === own && isTaken(type));
}

/** The name of a cropped picture: that of the file, as it was before the server had it. */
export function croppedName(file: AnyFile, type: string): string {
  const plain = typeof file === "string" ? file.replace(SUFFIX, "") : file.name;
  if (TYPES[extensionOf(plain)] === type) return plain;
  const ending = type.replace("image/", "").replace("jpeg", "jpg");
  return `${plain.replace(/\.\w+$/, "")}.${ending}`;
}

const extensionOf = (name: string) => /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
