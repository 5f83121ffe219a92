/** Places in a JSON value: the names and numbers that lead there, `[]` being the whole. */

export type Path = string[];

/** A path as a text, to find it again. */
export const keyOf = (path: Path) => path.map((name) => `/${escaped(name)}`).join("");

const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** Where a value stands in its text; of a list or an object, where that begins. */
export interface Span {
  from: number;
  to: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Where each value of a text stands, by the key of its path; the text must be JSON. */
export function placesIn(text: string): Map<string, Span> {
  const places = new Map<string, Span>();
  const path: Path = [];
  /** Of each list and object around: the number of the item, or nothing yet of its names. */
  const around: (number | undefined)[] = [];
  let name: string | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const isValue = !":,}]".includes(token);
    const inObject = around.length > 0 && around.at(-1) === undefined;
    if (isValue && inObject && name === undefined) {
      path[around.length - 1] = name = JSON.parse(token) as string;
    } else if (isValue) {
      name = undefined;
      places.set(keyOf(path), { from: index, to: index + token.length });
      if (token === "[") path.push(String(around[around.length] = 0));
      else if (token === "{") path.push(String((around[around.length] = undefined)));
    } else if (token === "}" || token === "]") {
      around.pop();
      path.pop();
    } else if (token === "," && !inObject) {
      const next = (around.at(-1) ?? 0) + 1;
      around[around.length - 1] = next;
      path[path.length - 1] = String(next);
    }
  }
  return places;
}
