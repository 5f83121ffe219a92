/** What can be done with the files of a field. */
import type { Field } from "@luge/client/admin";
import { mostOf } from "../many.ts";

/** A stored file, by its name, or one that was just chosen. */
export type AnyFile = string | File;

/** More files at the end; of those that a field has no room for, the last are left out. */
export function added(files: AnyFile[], more: File[], field: Field): AnyFile[] {
  const most = mostOf(field);
  return most === 1 ? more.slice(0, 1) : [...files, ...more].slice(0, most);
}

/** Another file in the place of one. */
export function replaced(files: AnyFile[], at: number, file: File): AnyFile[] {
  return files.map((each, index) => (index === at ? file : each));
}

/** One file moved to another place. */
export function moved(files: AnyFile[], from: number, to: number): AnyFile[] {
  const file = files[from];
  if (file === undefined || to < 0 || to >= files.length) return files;
  return files.toSpliced(from, 1).toSpliced(to, 0, file);
}

/** The stored files that were taken out. */
export function removed(stored: string[], files: AnyFile[]): string[] {
  return stored.filter((name) => !files.includes(name));
}

/** What the server would refuse of a file anyway: it is too large, or of another type. */
export function refusal(file: File, { maxSize, mimeTypes }: Field): "large" | "type" | undefined {
  if (typeof maxSize === "number" && maxSize > 0 && file.size > maxSize) return "large";
  const types = (mimeTypes as string[] | undefined) ?? [];
  // The browser does not know every type; then the server looks into the file.
  if (types.length === 0 || file.type === "" || types.includes(file.type)) return undefined;
  return "type";
}

/** Can a browser show it as a picture? */
export function isPicture(file: AnyFile): boolean {
  if (typeof file !== "string") return /^image\/(png|jpeg|gif|webp|avif|svg\+xml)$/.test(file.type);
  return /\.(png|jpe?g|gif|webp|avif|svg)$/i.test(file);
}
