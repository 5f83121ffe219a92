/** What of a collection is searched, as it is edited. */
import type { Collection, SearchField, SearchOptions } from "@luge/client/admin";
import { kindOf } from "../../fields/index.ts";
import type { Problem } from "../../state/problem.ts";

/** One searched path as it is edited. */
export interface SearchRow extends Required<SearchField> {
  path: string;
}

/** The languages whose stems the server knows, by their codes. */
export const LANGUAGES = (
  "ar ca cs da de el en es et eu fi fr ga hi hu hy id it lt ne nl no pl pt ro ru sr sv ta tr"
).split(" ");
export const MODES = ["text", "prefix", "exact", "keyword"] as const;

const TYPO = { enabled: true, oneFrom: 4, twoFrom: 8, numbers: false, except: [] as string[] };
/** They have no words, and are there to be counted. */
const COUNTED = ["bool", "date", "relation"];

export class SearchDraft {
  rows = $state<SearchRow[]>([]);
  synonyms = $state("");
  stopWords = $state<string[]>([]);
  typo = $state(structuredClone(TYPO));
  rankBy = $state<string[]>([]);
  problem = $state.raw<Problem>();

  constructor(readonly saved: Collection) {
    const { search } = saved;
    if (!search) return;
    this.rows = Object.entries(search.fields).map(([path, field]) => rowOf(path, field ?? {}));
    this.synonyms = synonymText(search.synonyms ?? {});
    this.stopWords = [...(search.stopWords ?? [])];
    this.typo = { ...structuredClone(TYPO), ...structuredClone(search.typo) };
    this.rankBy = [...(search.rankBy ?? [])];
  }

  add(path: string, type: string): void {
    const counted = COUNTED.includes(type);
    this.rows.push(rowOf(path, counted ? { facet: true } : {}));
    this.problem = undefined;
  }

  remove(row: SearchRow): void {
    this.rows = this.rows.filter(({ path }) => path !== row.path);
  }

  move(row: SearchRow, to: number): void {
    const from = this.rows.indexOf(row);
    this.rows = this.rows.toSpliced(from, 1).toSpliced(to, 0, row);
  }

  /** What is sent; null where nothing is searched. */
  get search(): SearchOptions | null {
    if (this.rows.length === 0) return null;
    return {
      fields: Object.fromEntries(this.rows.map(({ path, ...field }) => [path, { ...field }])),
      synonyms: readSynonyms(this.synonyms).synonyms,
      stopWords: [...this.stopWords],
      typo: { ...this.typo, except: [...this.typo.except] },
      rankBy: [...this.rankBy],
    };
  }

  get changed(): boolean {
    const before = new SearchDraft(this.saved).search;
    // What cannot be read is a change too: it must be told, not dropped.
    const unread = readSynonyms(this.synonyms).bad !== undefined;
    return unread || JSON.stringify(before) !== JSON.stringify(this.search);
  }

  /** What is wrong at a place of the settings, or in a part of it. */
  problemAt(place: string): string | undefined {
    const path = `search.${place}`;
    const found = Object.entries(this.problem?.fields ?? {}).find(
      ([each]) => each === path || each.startsWith(`${path}.`),
    );
    return found?.[1].message;
  }
}

function rowOf(path: string, field: SearchField): SearchRow {
  const { weight = 1, language = null, mode = "text", facet = false } = field;
  return { path, weight, language, mode, facet };
}

/** Synonyms as lines: `tv: television, telly`. */
export function synonymText(synonyms: Record<string, string[]>): string {
  return Object.entries(synonyms)
    .map(([word, others]) => `${word}: ${others.join(", ")}`)
    .join("\n");
}

/** Reads such lines; `bad` is the first one, from 1, that is none. */
export function readSynonyms(text: string): {
  synonyms: Record<string, string[]>;
  bad: number | undefined;
} {
  const synonyms: Record<string, string[]> = {};
  let bad: number | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const [word = "", list = ""] = line.split(/:(.*)/s);
    const others = list.split(",").map((other) => other.trim());
    const kept = others.filter((other) => other !== "");
    if (word.trim() === "" || kept.length === 0) bad ??= at + 1;
    else synonyms[word.trim()] = kept;
  }
  return { synonyms, bad };
}

/** A path that can be searched, with the type of what it leads to. */
export interface Searchable {
  path: string;
  type: string;
}

/** The fields of a collection that can be searched, and those one relation away. */
export function searchablePaths(collection: Collection, all: Collection[]): Searchable[] {
  const own = pathsOf(collection, "");
  const related = collection.fields.flatMap(({ name, type, collectionId }) => {
    const target = type === "relation" ? all.find(({ id }) => id === collectionId) : undefined;
    return target === undefined ? [] : pathsOf(target, `${name}.`);
  });
  return [...own, ...related];
}

function pathsOf({ fields }: Collection, before: string): Searchable[] {
  return fields
    .filter(
      ({ name, type }) =>
        name !== "tokenKey" && (kindOf(type).searched || COUNTED.includes(type)),
    )
    .map(({ name, type }) => ({ path: before + name, type }));
}
