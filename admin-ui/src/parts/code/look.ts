/** How code looks: every colour is one of the dashboard's, so both themes are the same rules. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--text-faint)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.atom, tags.typeName, tags.className], color: "var(--code-special)" },
  { tag: tags.function(tags.variableName), color: "var(--code-keyword)" },
  { tag: [tags.propertyName, tags.attributeName], color: "var(--code-name)" },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: "var(--text-soft)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

const box = EditorView.theme({
  "&": {
    height: "100%",
    maxHeight: "inherit",
    color: "var(--text)",
    backgroundColor: "transparent",
    fontSize: "inherit",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", overflow: "auto" },
  ".cm-content": { padding: "7px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 10px" },
  ".cm-placeholder": {
    maxWidth: "100%",
    overflow: "hidden",
    color: "var(--text-faint)",
    textOverflow: "ellipsis",
    verticalAlign: "top",
    whiteSpace: "nowrap",
  },
  // Otherwise it is as wide as a placeholder, and that is cut rather than shortened.
  ".cm-lineWrapping": { minWidth: "0" },
  ".cm-gutters": {
    backgroundColor: "transparent",
    color: "var(--text-faint)",
    border: "none",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid var(--accent)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-soft)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "3px",
  },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--bad)" },
});

const floating = EditorView.theme({
  ".cm-tooltip": {
    zIndex: "40",
    maxWidth: "min(560px, calc(100vw - 24px))",
    border: "1px solid var(--line)",
    borderRadius: "var(--radius)",
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    boxShadow: "var(--shadow)",
    fontSize: "13px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    fontSize: "12.5px",
    maxHeight: "236px",
    minWidth: "220px",
    maxWidth: "min(560px, calc(100vw - 24px))",
    padding: "4px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    gap: "16px",
    padding: "4px 8px",
    borderRadius: "5px",
    lineHeight: "18px",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--accent-text)",
  },
  ".cm-completionLabel": { flex: "1", overflow: "hidden", textOverflow: "ellipsis" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { color: "var(--text-soft)", fontStyle: "normal", marginLeft: "0" },
  ".cm-tooltip.cm-completionInfo": {
    width: "max-content",
    maxWidth: "min(320px, calc(100vw - 24px))",
    padding: "8px 10px",
    fontFamily: "var(--font)",
    lineHeight: "19px",
    whiteSpace: "normal",
  },
  "@media (max-width: 640px)": {
    // There it would lie on top of what is offered.
    ".cm-tooltip.cm-completionInfo": { display: "none" },
  },
  ".cm-diagnostic": { padding: "6px 10px", borderLeft: "3px solid var(--bad)" },
  ".cm-diagnosticAction": {
    marginLeft: "8px",
    padding: "2px 8px",
    borderRadius: "5px",
    backgroundColor: "var(--accent-fill)",
    color: "var(--on-accent)",
  },
});

export const look: Extension = [box, floating, syntaxHighlighting(colours)];
