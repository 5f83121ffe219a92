/** What of a text in HTML the formatted view can show and give back. */

const TAGS = new Set(
  "p br h1 h2 h3 h4 h5 h6 strong b em i u s del strike code pre blockquote ul ol li a hr".split(
    " ",
  ),
);
const ATTRIBUTES: Record<string, string[]> = {
  a: ["href", "target", "rel"],
  ol: ["start", "type"],
};

/** One tag, with what it says of itself. */
const TAG = /<([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/g;
const ATTRIBUTE = /([^\s"'=/>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g;

/**
 * The text without what the page's policy forbids anyway, so that reading it is no breach of that:
 * handlers of events and styles. It is the policy that makes sure that nothing runs.
 */
export function disarmed(html: string): string {
  return html.replace(TAG, (_, name: string, rest: string) => {
    const left = rest.replace(ATTRIBUTE, (attribute, key: string) =>
      /^(on|style$|srcdoc$)/i.test(key) ? "" : attribute,
    );
    return `<${name}${left}>`;
  });
}

/** The tags and attributes that would be lost, each once; none of a text that stays as it is. */
export function lostIn(html: string): string[] {
  const lost = new Set<string>();
  if (html.includes("<!--")) lost.add("<!-- -->");
  for (const [, name = "", rest = ""] of html.matchAll(TAG)) {
    const tag = name.toLowerCase();
    if (!TAGS.has(tag)) lost.add(`<${tag}>`);
    const wrong = TAGS.has(tag) ? attributesIn(rest).filter((each) => !keeps(tag, each)) : [];
    for (const attribute of wrong) lost.add(attribute.name);
  }
  return [...lost];
}

interface Attribute {
  name: string;
  value: string;
}

function attributesIn(text: string): Attribute[] {
  return Array.from(text.matchAll(ATTRIBUTE), ([, name = "", value = ""]) => ({
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
