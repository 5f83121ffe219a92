import { describe, expect, test } from "vitest";
import type { Collection, Field } from "@luge/client/admin";
import { disarmed, linkOf, lostIn } from "../src/fields/editor/formatting.ts";
import { added, isPicture, moved, refusal, removed, replaced } from "../src/fields/file/list.ts";
import { pointAt, stepped, windowOf, zoomed } from "../src/fields/geo-point/projection.ts";
import { languages } from "../src/pages/api/languages/index.ts";
import { callFor, DEEDS, type Deed } from "../src/pages/record/code.ts";
import { differences, merged, same } from "../src/pages/record/merge.ts";
import { forgetDrafts } from "../src/state/drafts.ts";

const field = (name: string, more = {}) => ({ name, type: "text", ...more }) as Field;

describe("changes in two places", () => {
  const fields = [field("title"), field("views"), field("id"), field("at", { type: "autodate" })];
  const base = { id: "a", title: "T", views: 1, at: "1" };
  const names = (found: { field: Field; choice?: string | undefined }[]) =>
    found.map(({ field, choice }) => [field.name, choice]);

  test("what only they changed is proposed, what both changed is asked", () => {
    const theirs = { id: "a", title: "Theirs", views: 2, at: "2" };
    const found = differences(fields, base, { title: "Mine" }, theirs);
    expect(names(found)).toEqual([
      ["title", undefined],
      ["views", "theirs"],
    ]);
  });
  test("the same change in both places is none to be asked about", () => {
    const found = differences(fields, base, { title: "New" }, { ...base, title: "New" });
    expect(names(found)).toEqual([["title", "theirs"]]);
    expect(merged({ title: "New" }, found)).toEqual({});
  });
  test("what only I changed is no difference", () => {
    expect(differences(fields, base, { title: "Mine" }, { ...base, at: "9" })).toEqual([]);
  });
  test("what is chosen is what is left to save", () => {
    const found = differences(fields, base, { title: "Mine" }, { ...base, title: "X", views: 5 });
    const decided = found.map((row) => ({ ...row, choice: "mine" as const }));
    expect(merged({ title: "Mine" }, decided)).toEqual({ title: "Mine", views: 1 });
  });
  test.each([
    [null, "", true],
    [undefined, [], true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [0, "", false],
    [0, undefined, false],
    [false, undefined, false],
    [["a", "b"], ["b", "a"], false],
    ["1", 1, false],
  ])("%j and %j: %s", (one, other, expected) => expect(same(one, other)).toBe(expected));
  test("two files of the same content are two", () => {
    const [one, other] = [new Blob(["x"]), new Blob(["x"])];
    expect(same([one], [one])).toBe(true);
    expect(same([one], [other])).toBe(false);
  });
});

describe("drafts", () => {
  test("all are forgotten, and nothing else", () => {
    const kept = new Map([
      ["luge.draft a b c", "1"],
      ["luge.theme", "dark"],
      ["luge.draft a b d", "2"],
    ]);
    forgetDrafts({
      length: kept.size,
      key: (at) => [...kept.keys()][at] ?? null,
      removeItem: (name) => void kept.delete(name),
    });
    expect([...kept.keys()]).toEqual(["luge.theme"]);
  });
});

describe("formatted texts", () => {
  test.each([
    "<p>a <strong>b</strong></p>",
    '<ul><li><p>x</p></li></ul><a href="https://example.com">y</a>',
    '<pre><code class="language-rust">1 &lt; 2</code></pre>',
    "",
    "1 < 2 and 3 > 2",
  ])("%s loses nothing", (html) => expect(lostIn(html)).toEqual([]));
  test.each([
    ['<p class="x">a</p>', ["class"]],
    ["<table><tr><td>1</td></tr></table>", ["<table>", "<tr>", "<td>"]],
    ["<!-- a --><p>b</p>", ["<!-- -->"]],
    ['<a href="/x" data-id=3>y</a>', ["data-id"]],
    ['<code class="big">x</code>', ["class"]],
    ["<IMG SRC=x>", ["<img>"]],
  ])("%s would lose %j", (html, lost) => expect(lostIn(html)).toEqual(lost));
  test("handlers and styles are left out before anything reads them", () => {
    expect(disarmed('<img src=x onerror="a>b" STYLE=\'c\'>')).toBe("<img src=x  >");
    expect(disarmed("<p>on=1 style=2</p>")).toBe("<p>on=1 style=2</p>");
  });
  test.each([
    ["example.com/a", "https://example.com/a"],
    ["a@example.com", "mailto:a@example.com"],
    ["/docs", "/docs"],
    ["https://x.y", "https://x.y"],
    ["javascript:alert(1)", undefined],
    ["data:text/html,x", undefined],
    ["", undefined],
  ])("%s leads to %s", (typed, link) => expect(linkOf(typed)).toBe(link));
});

describe("files", () => {
  const file = (name: string, type = "image/png", size = 3) =>
    new File(["x".repeat(size)], name, { type });
  const several = field("f", { maxSelect: 3, maxSize: 5, mimeTypes: ["image/png"] });
  test("are added as far as there is room", () => {
    const [a, b] = [file("a"), file("b")];
    expect(added(["one", "two"], [a, b], several)).toEqual(["one", "two", a]);
    expect(added(["one"], [a, b], field("f", { maxSelect: 1 }))).toEqual([a]);
  });
  test("are replaced, moved and missed", () => {
    const a = file("a");
    expect(replaced(["one", "two"], 0, a)).toEqual([a, "two"]);
    expect(moved(["one", "two", "three"], 2, 0)).toEqual(["three", "one", "two"]);
    expect(moved(["one"], 0, 1)).toEqual(["one"]);
    expect(removed(["one", "two"], ["two", a])).toEqual(["one"]);
  });
  test("that the server would refuse are told before", () => {
    expect(refusal(file("a"), several)).toBeUndefined();
    expect(refusal(file("a", "image/png", 6), several)).toBe("large");
    expect(refusal(file("a", "text/plain"), several)).toBe("type");
    expect(refusal(file("a", ""), several)).toBeUndefined();
    expect(refusal(file("a", "x/y", 9999), field("f"))).toBeUndefined();
  });
  test("that are pictures are known", () => {
    expect(isPicture("a_b.PNG")).toBe(true);
    expect(isPicture("a.png.exe")).toBe(false);
    expect(isPicture(file("x", "text/html"))).toBe(false);
  });
});

describe("the map", () => {
  const world = { middle: { lon: 0, lat: 0 }, zoom: 1 };
  test("shows the whole world, and never what is beyond it", () => {
    expect(windowOf(world)).toEqual([0, 0, 360, 180]);
    expect(windowOf({ middle: { lon: 180, lat: 90 }, zoom: 2 })).toEqual([180, 0, 180, 90]);
  });
  test("a place that is clicked is the point under it", () => {
    expect(pointAt(0.5, 0.5, world)).toEqual({ lon: 0, lat: 0 });
    expect(pointAt(1, 0, world)).toEqual({ lon: 180, lat: 90 });
  });
  test("arrows go round the world, but not over a pole", () => {
    expect(stepped({ lon: 175, lat: 85 }, 1, 1, 1)).toEqual({ lon: -175, lat: 90 });
    expect(stepped({ lon: 0, lat: 0 }, -1, 0, 4)).toEqual({ lon: -2.5, lat: 0 });
  });
  test("comes no closer than it is drawn for", () => {
    expect(zoomed(1, false)).toBe(1);
    expect(zoomed(64, true)).toBe(64);
    expect(zoomed(2, true)).toBe(4);
  });
});

describe("code", () => {
  const collection = { name: "posts", fields: [field("title")], viewRule: "" } as Collection;
  const subject = { collection, id: "a/b", body: { title: "It's \"cold\"" } };
  const code = (language: string, deed: Deed) =>
    languages.find(({ id }) => id === language)?.write(callFor(deed, subject), "https://a.b");

  test("a quote ends no argument of a shell, and an id is one part of the path", () => {
    const written = code("curl", "update");
    expect(written).toContain("-X PATCH 'https://a.b/api/collections/posts/records/a%2Fb'");
    expect(written).toContain(`"title": "It'\\''s \\"cold\\""`);
  });
  test("every language has every deed, with a token only where one is needed", () => {
    for (const { id } of languages) {
      for (const deed of DEEDS) expect(code(id, deed), `${id}: ${deed}`).toBeTruthy();
    }
    expect(code("typescript", "view")).toContain('db.from("posts").get("a/b")');
    expect(code("typescript", "view")).not.toContain("YOUR_TOKEN");
    expect(code("typescript", "delete")).toContain("YOUR_TOKEN");
    expect(code("fetch", "delete")).not.toContain("json()");
    expect(code("graphql", "create")).not.toContain("a/b");
  });
});
