/**
 * Deleting that can be taken back: nothing is deleted while its note is shown. A record that was
 * deleted could not be made again as it was, with its files, its password and what refers to it.
 */
import { count, t } from "../../messages/index.svelte.ts";
import { explain } from "../../state/problem.ts";
import { toasts } from "../../state/toasts.svelte.ts";
import { deleteRows } from "./bulk.ts";
import type { Table } from "./table.svelte.ts";
import type { Row } from "./view.ts";

/** Deletes records once nobody has taken that back. */
export function deleteSoon(table: Table, rows: readonly Row[]): void {
  const ids = rows.map(({ id }) => id);
  table.hold(ids);
  const end = () => void deleteNow(table, rows);
  toasts.done(count("bulk.willDelete", rows.length), {
    onend: end,
    actions: [
      { label: t("toast.undo"), run: () => table.release(ids) },
      { label: t("bulk.deleteNow"), run: end },
    ],
  });
}

async function deleteNow(table: Table, rows: readonly Row[]): Promise<void> {
  const conduct = { signal: new AbortController().signal, onprogress: () => {}, oneByOne: true };
  const lines: string[] = [];
  try {
    const { failures } = await deleteRows(table.source, rows, conduct);
    lines.push(...failures.map(({ id, message }) => `${id}: ${message}`));
  } catch (error) {
    lines.push(explain(error).message);
  }
  if (lines.length > 0) toasts.bad(count("bulk.notDeleted", lines.length), lines);
  table.release(rows.map(({ id }) => id));
  await table.rows.refresh();
}
