/** What spreadsheets copy: lines of cells between tabs, quoted where a cell has either in it. */

/** The cells of each line, all lines made as long as the longest. */
export function cellsOf(text: string): string[][] {
  const lines: string[][] = [[]];
  const whole = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const part = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))([\t\n]|$)/y;
  while (part.lastIndex <= whole.length) {
    const [found, quoted, plain = "", end] = part.exec(whole) ?? [];
    if (found === undefined) break;
    lines.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end === "\n") lines.push([]);
  }
  const widest = Math.max(...lines.map(({ length }) => length));
  return lines.map((cells) => [...cells, ...Array<string>(widest - cells.length).fill("")]);
}
