/** Texts as Markdown. */
export const markdown = {
  "markdown.show": "As Markdown, with a preview",
  "markdown.previewOf": "{name} as it is read",
  "markdown.empty": "Nothing to show yet.",
  "markdown.unreadable": "This text cannot be shown as Markdown: it is nested too deeply.",
  "markdown.cut": "Only the first {most} characters are shown here.",
} as const;
