/** Textos como Markdown. */
export const markdown = {
  "markdown.show": "Como Markdown, con vista previa",
  "markdown.previewOf": "{name} como se lee",
  "markdown.empty": "Aún no hay nada que mostrar.",
  "markdown.unreadable": "Este texto no se puede mostrar como Markdown: está anidado demasiado.",
  "markdown.cut": "Aquí solo se muestran los primeros {most} caracteres.",
};
