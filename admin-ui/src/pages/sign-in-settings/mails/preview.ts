/** A mail as those who get it see it: placeholders filled in, and its text without formatting. */

/** What stands for the placeholders that do not name a field. */
export interface Sample {
  appName: string;
  appURL: string;
}

/** What placeholders stand for in a preview. */
export function samplesOf({ appName, appURL }: Sample): Record<string, string> {
  return {
    APP_NAME: appName,
    APP_URL: appURL.replace(/\/+$/, ""),
    TOKEN: "TOKEN",
    OTP: "12345678",
    OTP_ID: "OTP_ID",
    ALERT_INFO: "203.0.113.7 - Firefox, Linux",
    "RECORD:email": "ann@example.com",
    "RECORD:name": "Ann",
    "RECORD:id": "0123456789abcde",
  };
}

/** Fills placeholders in; those that nothing is known of stay. */
export function filled(
  template: string,
  samples: Record<string, string>,
  written: (value: string) => string = (value) => value,
): string {
  return template.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const value = samples[name];
    return value === undefined ? whole : written(value);
  });
}

/** A value inside HTML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const PARAGRAPHS = new Set(
  "P DIV H1 H2 H3 H4 H5 H6 UL OL TABLE BLOCKQUOTE HR PRE".split(" "),
);
const LINES = new Set(["BR", "LI", "TR", "DD"]);
const UNSHOWN = new Set(["STYLE", "SCRIPT", "TITLE", "HEAD"]);

/** The plain text of a mail: paragraphs and lines, and a link as its label and its address. */
export function plainText(body: Node): string {
  const walk = (node: Node): string => {
    if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? "").replace(/\s+/g, " ");
    if (!(node.nodeType === Node.ELEMENT_NODE) || UNSHOWN.has(node.nodeName)) return "";
    const inside = [...node.childNodes].map(walk).join("");
    if (PARAGRAPHS.has(node.nodeName)) return `\n\n${inside}\n\n`;
    if (LINES.has(node.nodeName)) return `${inside}\n`;
    const link = node.nodeName === "A" ? (node as Element).getAttribute("href") : null;
    return link ? `${inside.trim()} (${link})` : inside;
  };
  const text = [...body.childNodes].map(walk).join("");
  return text
    .replace(/ *\n */g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** A tag, of which a quoted part may hold anything. */
const TAG = /<[a-z/!?](?:"[^"]*"|'[^']*'|[^>])*>?/gi;

/** Without what a page under a strict policy may not have, with its style sheets apart. */
export function tamed(html: string): { html: string; sheets: string[] } {
  const sheets: string[] = [];
  const rest = html.replace(/<style\b[^>]*>([\s\S]*?)(<\/style\s*>|$)/gi, (_, sheet: string) => {
    sheets.push(sheet);
    return "";
  });
  const silent = rest.replace(/<script\b[\s\S]*?(<\/script\s*>|$)/gi, "");
  return { html: silent.replace(TAG, quiet), sheets };
}

/** A tag that loads and runs nothing; its style waits in `data-style`. */
const quiet = (tag: string) =>
  tag
    .replace(/^<(base|embed|frame|iframe|link|meta|object)\b/i, "<x-$1")
    .replace(/([\s"'/])style(\s*=)/gi, "$1 data-style$2")
    .replace(/([\s"'/])(src|srcset|background|on\w+)(\s*=)/gi, "$1 data-left-out$3");

/** The document that a mail is; nothing of it is loaded or run. */
export function parsed(html: string): { page: Document; sheets: string[] } {
  const { html: rest, sheets } = tamed(html);
  const page = new DOMParser().parseFromString(rest, "text/html");
  page.querySelectorAll("style, script").forEach((each) => each.remove());
  return { page, sheets };
}
