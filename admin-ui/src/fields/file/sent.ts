/** What a record is given of its files. */
import { listOf } from "../many.ts";
import { uploadOf } from "./uploads.svelte.ts";

/** A value whose new files have arrived: stored names, and the names of uploads. */
export async function sentFiles(value: unknown): Promise<unknown> {
  const list = listOf<string | File>(value);
  const sent = await Promise.all(
    list.map((file) => (typeof file === "string" ? file : uploadOf(file).arrive())),
  );
  return Array.isArray(value) ? sent : (sent[0] ?? "");
}

/** A file that is only here would not survive a reload. */
export function isStored(value: unknown): boolean {
  return listOf<unknown>(value).every((file) => typeof file === "string");
}
