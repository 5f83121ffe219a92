/** What a backup holds, in words. */
import type { BackupContents } from "@luge/client/admin";
import { bytes, count, moment, t } from "../../messages/index.svelte.ts";

/** One sentence. */
export function contentsOf({ created, version, ...backup }: BackupContents): string {
  const own = backup.collections.filter(({ name }) => !name.startsWith("_")).length;
  return t("backups.contents", {
    moment: moment(new Date(created)),
    version,
    collections: count("backups.collections", own),
    records: count("backups.records", backup.records),
    files: count("backups.files", backup.files),
    size: bytes(backup.bytes),
  });
}
