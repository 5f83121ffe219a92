/** Puts in what is looked up, and finds out which rows are records that are there already. */
import type { Outgoing } from "./delivery.ts";
import { LookUp, type Find } from "./lookup.ts";
import type { Mapping, Ready } from "./mapping.ts";
import type { Trouble } from "./trouble.ts";
import { gathered } from "./values.ts";

/** Where rows go. */
export interface Target {
  collection: string;
  /** The field by which records that are there already are found; empty to add every row. */
  key: string;
}

/** A row that cannot be sent, and why. */
export interface Refusal {
  row: Ready;
  trouble: Trouble;
}

export class Preparation {
  private readonly relations: { name: string; lookUp: LookUp; field: Mapping["fields"][number] }[];
  private readonly existing: LookUp | undefined;
  /** The line that each value of the key was in. */
  private readonly lines = new Map<string, number>();

  constructor(
    private readonly target: Target,
    mapping: Mapping,
    find: Find,
  ) {
    this.relations = mapping.fields
      .filter(({ field, lookUp }) => field.type === "relation" && lookUp !== "")
      .map((field) => ({
        name: field.field.name,
        lookUp: new LookUp(String(field.field.collectionId), field.lookUp, find, field.collection),
        field,
      }));
    const { collection, key } = target;
    this.existing = key === "" ? undefined : new LookUp(collection, key, find);
  }

  /** Sorts rows into those to send and those that cannot be. */
  async sort(rows: Ready[]): Promise<{ outgoing: Outgoing[]; refusals: Refusal[] }> {
    const sound = rows.filter(({ trouble }) => trouble === undefined);
    for (const { name, lookUp } of this.relations) {
      await lookUp.learn(sound.flatMap(({ lookUps }) => lookUps[name] ?? []));
    }
    const keys = sound.map((row) => this.keyOf(row));
    await this.existing?.learn(keys.filter((key) => key !== undefined));
    const outgoing: Outgoing[] = [];
    const refusals: Refusal[] = [];
    for (const row of rows) {
      const made = this.prepare(row);
      if ("trouble" in made) refusals.push({ row, trouble: made.trouble });
      else outgoing.push(made);
    }
    return { outgoing, refusals };
  }

  private prepare(row: Ready): Outgoing | { trouble: Trouble } {
    const trouble = row.trouble ?? this.putIn(row);
    return trouble ? { trouble } : this.addressed(row);
  }

  /** Puts in the ids of what was looked up. */
  private putIn(row: Ready): Trouble | undefined {
    for (const { name, lookUp, field } of this.relations) {
      const values = row.lookUps[name];
      if (values === undefined) continue;
      const ids: string[] = [];
      for (const value of values) {
        const id = lookUp.idOf(value);
        if (id === undefined) return { ...lookUp.missing(value), place: name };
        if (typeof id !== "string") return { ...id.trouble, place: name };
        ids.push(id);
      }
      const converted = gathered(ids, field.field);
      if ("trouble" in converted) return { ...converted.trouble, place: name };
      row.body[name] = converted.value;
    }
    return undefined;
  }

  /** Finds the record that is there already. */
  private addressed(row: Ready): Outgoing | { trouble: Trouble } {
    const { existing } = this;
    if (existing === undefined) return { row };
    const { key } = this.target;
    const value = this.keyOf(row);
    if (value === undefined) {
      return key === "id" ? { row } : { trouble: { key: "import.trouble.noKey", place: key } };
    }
    const line = this.lines.get(value);
    if (line !== undefined) {
      const values = { value, line };
      return { trouble: { key: "import.trouble.twice", values, place: key } };
    }
    this.lines.set(value, row.line);
    const id = existing.idOf(value);
    if (id === undefined) return { row };
    return typeof id === "string" ? { row, id } : { trouble: { ...id.trouble, place: key } };
  }

  private keyOf({ body }: Ready): string | undefined {
    const value = body[this.target.key];
    return value === undefined || value === null || value === "" ? undefined : String(value);
  }
}
