/** Colours filters and rules as the server cuts them into tokens. */
import { StreamLanguage } from "@codemirror/language";
import { tokenAt, type TokenKind } from "../rules/tokens.ts";

const TAGS: Record<TokenKind, string | null> = {
  space: null,
  comment: "comment",
  text: "string",
  number: "number",
  operator: "operator",
  join: "keyword",
  bracket: "paren",
  comma: "punctuation",
  field: "variableName",
  special: "atom",
  function: "function",
  unknown: "invalid",
};

export const filterLanguage = StreamLanguage.define({
  name: "filter",
  token(stream) {
    const { kind, to } = tokenAt(stream.string, stream.pos);
    stream.pos = to;
    return TAGS[kind];
  },
  languageData: {
    commentTokens: { line: "//" },
    closeBrackets: { brackets: ["(", '"', "'"] },
  },
  tokenTable: {},
});
