/** What a backup holds and would change, and how one went, in words. */
import type { BackupContents, BackupDifference, BackupStatus } from "@luge/client/admin";
import { bytes, count, moment, number, t } from "../../messages/index.svelte.ts";

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

/** What becomes of the collections, those of the server itself left out. */
export function changesOf(differences: BackupDifference[]): string[] {
  return differences.filter(({ name }) => !name.startsWith("_")).map(changeOf);
}

function changeOf({ name, now, then }: BackupDifference): string {
  if (then === null) {
    return t("backups.vanishes", { name, records: count("backups.records", now ?? 0) });
  }
  if (now === null) return t("backups.returns", { name, records: count("backups.records", then) });
  return t("backups.changed", { name, now: number(now), then: number(then) });
}

/** How far the one is that is being made or restored. */
export function progressOf(running: NonNullable<BackupStatus["running"]>): string {
  const { work, key: name, done, expected } = running;
  const restores = work === "restore";
  return t(restores ? "backups.progressRestore" : "backups.progressBackup", {
    name,
    done: bytes(done),
    expected: bytes(Math.max(done, expected)),
  });
}

/** When the last one was made, how large it is and how long it took. */
export function successOf(made: NonNullable<BackupStatus["lastSuccess"]>): string {
  return t("backups.took", {
    moment: moment(new Date(made.began)),
    size: bytes(made.size),
    seconds: number(Math.max(1, Math.round(made.milliseconds / 100)) / 10),
  });
}

/** What failed last, and why. */
export function failureOf(failed: NonNullable<BackupStatus["lastFailure"]>): string {
  return t(failed.work === "restore" ? "backups.failedRestore" : "backups.failedBackup", {
    moment: moment(new Date(failed.began)),
    name: failed.key,
    problem: failed.problem,
  });
}
