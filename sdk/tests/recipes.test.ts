/** Every file of the recipes for servers of pages compiles against the client. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(`${root}SERVER-PAGES.md`, "utf8");
const blocks = [...text.matchAll(/```ts\n(\/\/ (\S+?\.tsx?)\b[^\n]*\n[^]*?)```/g)].map(
  ([, code = "", name = ""]) => ({ name, code }),
);
const TIMEOUT_MS = 60_000;

/** What the compiler says of each of the files, which lie among what they import. */
function problems(codes: string[]): string[][] {
  const files = new Map(codes.map((code, at) => [`${root}tests/recipes/recipe${at}.ts`, code]));
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
    paths: { "@luge/client/*": [`${root}src/*/index.ts`] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    const code = files.get(name);
    if (code === undefined) return getSourceFile.call(host, name, ...rest);
    return ts.createSourceFile(name, code, ts.ScriptTarget.ES2022);
  };
  const known = `${root}tests/recipes/frameworks.d.ts`;
  const program = ts.createProgram([...files.keys(), known], options, host);
  return [...files.keys()].map((name) => {
    const file = program.getSourceFile(name);
    const found = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  });
}

describe("the recipes", () => {
  test("are of every framework", () => {
    const parts = text.split(/^## /m).slice(1);
    const names = ["SvelteKit", "Next", "Nuxt", "Astro", "Remix and React Router", "SolidStart"];
    expect(parts.map((part) => part.split("\n")[0])).toEqual([...names, "Node's own server"]);
    expect(blocks).toHaveLength(12);
  });

  test("compile, and would be found wrong", { timeout: TIMEOUT_MS }, () => {
    const first = blocks[0]?.code ?? "";
    const found = problems([
      ...blocks.map(({ code }) => code),
      first.replace("LUGE_URL, event.request)", "LUGE_URL, event)"),
      `${first}\nexport const wrong = (db: Db) => db.from("missing");`,
    ]);
    const names = [...blocks.map(({ name }) => name), "wrong request", "wrong collection"];
    const bad = names.filter((_, at) => found[at]?.length);
    expect(bad, found.flat().join("\n")).toEqual(["wrong request", "wrong collection"]);
  });
});
