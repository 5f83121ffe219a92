/** Texte als Markdown. */
export const markdown = {
  "markdown.show": "Als Markdown, mit Vorschau",
  "markdown.previewOf": "{name}, wie man es liest",
  "markdown.empty": "Noch nichts zu zeigen.",
  "markdown.unreadable":
    "Dieser Text lässt sich nicht als Markdown zeigen: Er ist zu tief verschachtelt.",
  "markdown.cut": "Hier stehen nur die ersten {most} Zeichen.",
};
