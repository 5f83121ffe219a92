/** The languages, in the order offered. A new one is a file and a line here. */
import type { Call } from "../call.ts";
import { curl } from "./curl.ts";
import { dart } from "./dart.ts";
import { fetchScript } from "./fetch.ts";
import { go } from "./go.ts";
import { graphQl } from "./graphql.ts";
import { kotlin } from "./kotlin.ts";
import { python } from "./python.ts";
import { rust } from "./rust.ts";
import { swift } from "./swift.ts";
import { typeScript } from "./typescript.ts";

/** A language that requests are written in. */
export interface Language {
  id: string;
  /** As it calls itself. */
  name: string;
  /** The text; undefined where the language has nothing of the kind. */
  write: (call: Call, base: string) => string | undefined;
}

/** The language of an id, if there is one. */
export const languageOf = (id: string | null): Language | undefined =>
  languages.find((language) => language.id === id);

export const languages: [Language, ...Language[]] = [
  { id: "typescript", name: "TypeScript", write: typeScript },
  { id: "fetch", name: "JavaScript", write: fetchScript },
  { id: "curl", name: "curl", write: curl },
  { id: "python", name: "Python", write: python },
  { id: "dart", name: "Dart", write: dart },
  { id: "go", name: "Go", write: go },
  { id: "rust", name: "Rust", write: rust },
  { id: "swift", name: "Swift", write: swift },
  { id: "kotlin", name: "Kotlin", write: kotlin },
  { id: "graphql", name: "GraphQL", write: graphQl },
];
