/** What of a text in HTML the formatted view can show and give back. */

const TAGS = new Set(
  "p br h1 h2 h3 h4 h5 h6 strong b em i u s del strike code pre blockquote ul ol li a hr".split(" "),
);
const ATTRIBUTES: Record<string, string[]> = {
  a: ["href", "target", "rel"],
  ol: ["start", "type"],
};

/** The tags and attributes that would be lost, each once; none of a text that stays as it is. */
export function lostIn(html: string): string[] {
  const lost = new Set<string>();
  if (html.includes("<!--")) lost.add("<!-- -->");
  for (const [, name = "", rest = ""] of html.matchAll(/<([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/g)) {
    const tag = name.toLowerCase();
    if (!TAGS.has(tag)) lost.add(`<${tag}>`);
    else for (const attribute of attributesIn(rest)) if (!keeps(tag, attribute)) lost.add(attribute.name);
  }
  return [...lost];
}

interface Attribute {
  name: string;
  value: string;
}

function attributesIn(text: string): Attribute[] {
  const found = text.matchAll(/([^\s"'=/>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g);
  return Array.from(found, ([, name = "", value = ""]) => ({
    name: name.toLowerCase(),
    value: value.replace(/^["']|["']$/g, ""),
  }));
}

function keeps(tag: string, { name, value }: Attribute): boolean {
  if (tag === "code" && name === "class") return /^language-[\w+-]+$/.test(value);
  return ATTRIBUTES[tag]?.includes(name) ?? false;
}

/** An address for a link that somebody typed: of the web where nothing else is said. */
export function linkOf(typed: string): string | undefined {
  const text = typed.trim();
  if (/^(https?|mailto|tel):/i.test(text)) return text;
  if (/^[/#?]/.test(text)) return text;
  if (text === "" || /^[a-z][a-z\d+.-]*:/i.test(text)) return undefined;
  return text.includes("@") && !text.includes("/") ? `mailto:${text}` : `https://${text}`;
}
