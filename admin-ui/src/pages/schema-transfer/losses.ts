/** What a change of collections would lose, as the server counts it. */
import { client } from "../../backend.ts";
import { count, t } from "../../messages/index.svelte.ts";
import { resultOf, type Difference, type Wanted } from "./comparison.ts";

/** Sentences about what goes for good; none where nothing does. */
export async function lossesOf(found: Difference[], wanted: Wanted): Promise<string[]> {
  const told: string[] = [];
  for (const difference of found) {
    const { now, name } = difference;
    if (now === undefined || now.type === "view") continue;
    const body = resultOf(difference, wanted);
    if (body === undefined) {
      const { totalItems } = await client.from(now.name).page(1, 1);
      told.push(count("transfer.lossCollection", totalItems).replace("{name}", () => name));
      continue;
    }
    const { valid, records, fields } = await client.collections.plan(now.id, body);
    for (const { field, records: amount } of records.lost) {
      const text = count("transfer.lossField", amount);
      told.push(text.replace("{field}", () => `${name}.${field}`));
    }
    if (valid) continue;
    // By itself it cannot be planned, such as with a relation to what only comes along with it.
    const dropped = fields.dropped.filter((each) =>
      records.lost.every(({ field }) => field !== each.name),
    );
    for (const { name: field } of dropped) {
      told.push(t("transfer.lossUncounted", { field: `${name}.${field}` }));
    }
  }
  return told;
}
