/** The languages of the editor; each is loaded when it is first written in. */
import type { Extension } from "@codemirror/state";
import type { Language } from "./kind.ts";

const languages: Record<Language, () => Promise<Extension>> = {
  text: async () => [],
  json: async () => (await import("@codemirror/lang-json")).json(),
  filter: async () => (await import("./filter-language.ts")).filterLanguage,
  javascript: async () => (await import("@codemirror/lang-javascript")).javascript(),
  typescript: async () =>
    (await import("@codemirror/lang-javascript")).javascript({ typescript: true }),
  graphql: async () => (await import("cm6-graphql")).graphqlLanguageSupport(),
};

/** What colours a language and indents it. */
export function load(language: Language): Promise<Extension> {
  return languages[language]();
}
