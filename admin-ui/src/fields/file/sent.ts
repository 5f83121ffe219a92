/** Files on their way to the server. */
import { upload } from "@luge/client/files";
import { client } from "../../backend.ts";
import { listOf } from "../many.ts";

/** A value whose new files have been uploaded: stored names, and the names of uploads. */
export async function sentFiles(value: unknown): Promise<unknown> {
  const list = listOf<string | File>(value);
  const sent = await Promise.all(
    list.map((file) => (typeof file === "string" ? file : upload(client, file))),
  );
  return Array.isArray(value) ? sent : (sent[0] ?? "");
}

/** A file that is only here would not survive a reload. */
export function isStored(value: unknown): boolean {
  return listOf<unknown>(value).every((file) => typeof file === "string");
}
