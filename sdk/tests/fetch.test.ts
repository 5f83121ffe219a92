/** Looking into requests. */
import { execFileSync } from "node:child_process";
import { afterEach, expect, test, vi } from "vitest";
import { createClient, isNetwork, safe } from "../src/index.js";
import { around, asCurl, logged } from "../src/fetch/index.js";

afterEach(() => vi.unstubAllGlobals());

/** A network that answers. */
function network(answer: () => Response = () => Response.json({ items: [] })) {
  const seen: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    seen.push(request);
    return answer();
  });
  return seen;
}

test("requests and answers pass through in order, and back", async () => {
  const seen = network();
  const calls: string[] = [];
  const one = (name: string) => ({
    before: (request: Request) => {
      calls.push(`before ${name}`);
      request.headers.set("x-trace", `${request.headers.get("x-trace") ?? ""}${name}`);
    },
    after: (answer: Response) => {
      calls.push(`after ${name} ${answer.status}`);
    },
  });
  const db = createClient("http://server", { fetch: around(one("a"), one("b")) });
  await db.from("posts").create({ title: "x" });
  expect(calls).toEqual(["before a", "before b", "after b 200", "after a 200"]);
  expect(seen[0]?.headers.get("x-trace")).toBe("ab");
  expect(await seen[0]?.json()).toEqual({ title: "x" });
});

test("another request or answer takes their place", async () => {
  const seen = network();
  const db = createClient("http://server", {
    fetch: around({
      before: (request) => new Request(request.url.replace("posts", "notes"), request),
      after: () => Response.json({ items: [{ id: "own" }] }),
    }),
  });
  expect((await db.from("posts").page()).items).toEqual([{ id: "own" }]);
  expect(seen[0]?.url).toContain("/notes/");
});

test("the log can be pasted into a shell, without the token", async () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  network(() => Response.json({}, { headers: { "X-Request-Id": "r1" } }));
  const db = createClient("http://server", { fetch: around(logged({ write })) });
  const record = { id: "1", collectionId: "c", collectionName: "u" };
  db.session.set({ token: "se.cr.et", record });
  const title = "it's $HOME; `echo` \"x\"\n<& done";
  await db.from("posts").create({ title });
  const [command = "", ...rest] = lines[0]!.split("\n# ");
  expect(rest.join()).toMatch(/^200 in \d+ ms, request r1$/);
  expect(command).not.toContain("se.cr.et");
  const words = execFileSync("sh", ["-c", `curl() { printf '%s\\0' "$@"; }; ${command}`], {
    encoding: "utf8",
    env: { TOKEN: "mine" },
  }).split("\0");
  expect(words.slice(0, 3)).toEqual([
    "-X",
    "POST",
    "http://server/api/collections/posts/records",
  ]);
  expect(words).toContain("authorization: mine");
  expect(JSON.parse(words[words.indexOf("--data-raw") + 1]!)).toEqual({ title });
});

test("a request without an answer is logged too, and files are only named", async () => {
  const lines: string[] = [];
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("gone");
  });
  const write = (line: string) => void lines.push(line);
  const db = createClient("http://server", { fetch: around(logged({ write, tokens: true })) });
  const { error } = await safe(db.from("posts").create({ cover: new Blob(["x"]) }));
  expect(isNetwork(error)).toBe(true);
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(lines[0]).toMatch(/--data-binary @BODY\n# no answer: TypeError: gone$/);
  const own = new Request("http://x/", { headers: { authorization: "t" } });
  expect(await asCurl(own, true)).toBe("curl -X GET 'http://x/' -H 'authorization: t'");
});
