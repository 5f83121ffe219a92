/** Files of a record that are stored: where they are, and what is in them. */
import type { StoredRecord } from "@luge/client";
import type { Field } from "@luge/client/admin";
import { fileUrl, readFile, type FileOptions } from "@luge/client/files";
import { client } from "../../backend.ts";
import { listOf } from "../many.ts";
import { tokenForFiles } from "./token.ts";

/** A stored file: whose it is, in which field, and its name. */
export interface StoredFile {
  record: Record<string, unknown> & { id: string };
  field: Field;
  name: string;
}

/** Its address, with a token of now where it needs one. */
export async function addressOf(
  file: StoredFile,
  options: Pick<FileOptions, "thumb"> = {},
): Promise<string | undefined> {
  const { record, field } = file;
  return fileUrl(client, named(record), field.name, { ...options, ...(await choiceOf(file)) });
}

/** All of it, as a file. */
export async function contentOf(file: StoredFile, signal: AbortSignal): Promise<File> {
  const { record, field, name } = file;
  // However long it takes: whoever closes what shows it ends that.
  const options = { ...(await choiceOf(file)), signal, timeout: 0 };
  const content = await readFile(client, named(record), field.name, options);
  return new File([content], name, { type: content.type });
}

async function choiceOf({ record, field, name }: StoredFile): Promise<FileOptions> {
  const at = listOf(record[field.name]).indexOf(name);
  return field.protected === true ? { at, token: await tokenForFiles() } : { at };
}

const named = (record: StoredFile["record"]) => record as StoredRecord & Record<string, string>;
