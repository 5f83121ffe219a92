/** The language of filters and rules: tokens, grammar, names, and what is offered. */
import type { Collection, Field } from "@luge/client/admin";
import { expect, test } from "vitest";
import { findingsIn } from "../src/parts/rules/check.ts";
import { isStranger, meaningOf, type Scope } from "../src/parts/rules/names.ts";
import { distance, nearest } from "../src/parts/rules/nearest.ts";
import { offersAt } from "../src/parts/rules/offers.ts";
import { parse, unquoted } from "../src/parts/rules/parse.ts";
import { tokensOf } from "../src/parts/rules/tokens.ts";

const text = (name: string): Field => ({ name, type: "text" });
const relation = (name: string, collectionId: string, maxSelect = 1): Field => ({
  name,
  type: "relation",
  collectionId,
  maxSelect,
});
const table = (name: string, type: Collection["type"], fields: Field[]) => ({
  id: `id_${name}`,
  name,
  type,
  fields: [text("id"), ...fields],
});

const users = table("users", "auth", [
  { name: "password", type: "password", hidden: true },
  { name: "email", type: "email" },
  { name: "role", type: "select", values: ["admin", "editor"] },
  relation("team", "id_teams"),
]);
const teams = table("teams", "base", [text("name"), relation("members", "id_users", 9)]);
const posts = table("posts", "base", [
  text("title"),
  { name: "published", type: "bool" },
  { name: "state", type: "select", values: ["draft", "live"], maxSelect: 1 },
  { name: "meta", type: "json" },
  { name: "place", type: "geoPoint" },
  relation("author", "id_users"),
  relation("tags", "id_tags", 5),
]);
const comments = table("comments", "base", [text("body"), relation("post", "id_posts")]);
const tags = table("tags", "base", [text("name")]);
const numbers = table("numbers", "view", [relation("post", "id_posts")]);
const scope: Scope = {
  collection: posts,
  collections: [users, teams, posts, comments, tags, numbers],
};

test.each([
  ['title = "a"', ["field", "operator", "text"]],
  ["a!=-3.5&&b", ["field", "operator", "number", "join", "field"]],
  ["a ?!~ 'it\\'s'", ["field", "operator", "text"]],
  ["(a) // b\n|| c", ["bracket", "field", "bracket", "join", "field"]],
  ["strftime('%Y', x)", ["function", "bracket", "text", "comma", "field", "bracket"]],
  ["@now @request.auth.id TRUE", ["special", "special", "special"]],
  ["trueish nullable", ["field", "field"]],
  ["_x #y a.b:lower", ["field", "field", "field"]],
  ['"never closed', ["text"]],
  ["a & b ; é", ["field", "unknown", "field", "unknown", "unknown"]],
  ["// only this", []],
])("%j is cut into tokens", (text, kinds) => {
  expect(tokensOf(text).map(({ kind }) => kind)).toEqual(kinds);
});

test("tokens cover the text, whatever it is", () => {
  const text = 'a  ="\\"" //x\n(💡 & -.';
  const tokens = tokensOf(text);
  for (const { from, to, text: part } of tokens) expect(text.slice(from, to)).toBe(part);
});

test.each([
  ["'it\\'s'", "it's"],
  ["'a\\nb'", "a\\nb"],
  ['"a\\nb"', "a\nb"],
  ['"\\u00e9\\%"', "é\\%"],
])("%j means %j", (quoted, value) => expect(unquoted(quoted)).toBe(value));

test.each([
  "a = 1",
  'a = "x" && (b ?~ "y" || c != null)',
  "geoDistance(place.lon, place.lat, 1, -2.5) < 3",
  "((a = 1))",
  "a = -.5",
  "strftime('%Y', a,) = 'x'",
])("%j is a filter", (text) => expect(parse(text)).toHaveProperty("expression"));

test.each([
  ["a", "mistake.operator", 1, true],
  ["a =", "mistake.operand", 3, true],
  ["a = 1 b", "mistake.join", 6, false],
  ["a == 1", "mistake.noOperator", 2, false],
  ["a = 1)", "mistake.closesNothing", 5, false],
  ["(a = 1", "mistake.unclosed", 0, true],
  ["(a = 1 b = 2", "mistake.joinOrClose", 7, false],
  ["a = 'x", "mistake.text", 4, true],
  ["a = 12px", "mistake.number", 4, false],
  ["a = 1 & b = 2", "mistake.single", 6, false],
  ["a = ;", "mistake.character", 4, false],
  ["a. = 1", "mistake.name", 0, false],
  ["f(1 2) = 3", "mistake.comma", 4, false],
  ["&& a = 1", "mistake.operand", 0, false],
])("%j is wrong: %s at %i", (text, key, from, unfinished) => {
  expect(parse(text)).toMatchObject({ mistake: { key, from, unfinished } });
});

test.each([
  ["title", "text", false],
  ["author", "relation", false],
  ["author.team.name", "text", false],
  ["author.team.members.email", "email", true],
  ["tags.name", "text", true],
  ["tags:each", "relation", true],
  ["tags:length", "number", false],
  ["comments_via_post.body", "text", true],
  ["meta.a.0.b", "json", false],
  ["place.lon", "number", false],
  ["title:lower", "text", false],
  ["null", "null", false],
  ["@todayEnd", "date", false],
  ["@request.auth.id", "text", false],
  ["@request.auth.team.name", "text", false],
  ["@request.auth.collectionName", "text", false],
  ["@request.body.title:isset", "bool", false],
  ["@request.body.anything", "text", false],
  ["@request.body.author.team.name", "text", false],
  ["@request.query.page", "text", false],
  ["@request.headers.x_token:isset", "bool", false],
  ["@request.method", "text", false],
  ["@collection.teams.members", "relation", true],
  ["@collection.teams:mine.name", "text", true],
])("%s is of the type %s", (name, type, many) => {
  expect(meaningOf(name, scope)).toMatchObject({ type, many });
});

test.each([
  ["titel", "name.noField", "title", 0],
  ["authr.team", "name.noField", "author", 0],
  ["author.teem.name", "name.noField", "team", 7],
  ["author.password", "name.password", undefined, 7],
  ["title.x", "name.noParts", undefined, 6],
  ["comments_via_pst.body", "name.noBack", "comments_via_post", 0],
  ["comments_via_post", "name.needsMore", undefined, 0],
  ["numbers_via_post.id", "name.noBack", undefined, 0],
  ["@nwo", "name.unknown", "@now", 0],
  ["@request", "name.needsMore", undefined, 0],
  ["@request.atuh.id", "name.noRequest", "auth", 9],
  ["@request.auth.emial", "name.noField", "email", 14],
  ["@request.auth", "name.needsMore", undefined, 9],
  ["@request.method.x", "name.noParts", undefined, 16],
  ["@collection.team.name", "name.noCollection", "teams", 12],
  ["@collection.teams.nam", "name.noField", "name", 18],
  ["@collection.teams", "name.needsMore", undefined, 12],
  ["title:lowre", "name.noModifier", "lower", 6],
  ["title:isset", "name.notSubmitted", undefined, 0],
  ["@request.auth.id:changed", "name.notSubmitted", undefined, 0],
  ["collectionId", "name.notStored", undefined, 0],
  [`author.${"team.members.".repeat(3)}id`, "name.tooFar", undefined, 38],
])("%s means nothing: %s, perhaps %s", (name, key, suggestion, from) => {
  const found = meaningOf(name, scope);
  expect(isStranger(found)).toBe(true);
  expect(found).toMatchObject({ key, from, ...(suggestion && { suggestion }) });
});

test.each([
  ["titel", "title"],
  ["Title", "title"],
  ["creatd", "created"],
  ["owner", undefined],
  ["xy", undefined],
  ["", undefined],
])("%j is near to %j", (written, found) => {
  expect(nearest(written, ["title", "created", "updated", "n"])).toBe(found);
});

test.each([
  ["", "", 0],
  ["", "ab", 2],
  ["ab", "ba", 1],
  ["kitten", "sitting", 3],
])("from %j to %j it is %i steps", (left, right, steps) => {
  expect(distance(left, right)).toBe(steps);
});

test("findings are in order, and say what may have been meant", () => {
  const findings = findingsIn("titel = 1 && authr = ", scope);
  expect(findings.map(({ from, to }) => [from, to])).toEqual([
    [0, 5],
    [13, 18],
    [20, 20],
  ]);
  expect(findings[0]).toMatchObject({
    message: "posts has no field titel. Did you mean title?",
    suggestion: "title",
    unfinished: false,
  });
  expect(findings[2]?.unfinished).toBe(true);
});

test.each(["", "  ", 'title ~ "x" && author = @request.auth.id', "author.", "@request."])(
  "%j is not wrong, or only unfinished",
  (text) => expect(findingsIn(text, scope).every(({ unfinished }) => unfinished)).toBe(true),
);

test("a function that is none is told", () => {
  expect(findingsIn("strftim('%Y', title) = '1'", scope)[0]?.suggestion).toBe("strftime");
});

/** What is offered where the text has a `|`. */
function offered(marked: string): string[] | undefined {
  const at = marked.indexOf("|");
  const found = offersAt(marked.replace("|", ""), at, scope);
  return found?.offers.map(({ label }) => label);
}

test.each([
  ["|", ["title", "author", "comments_via_post", "@request", "@collection", "@now", "strftime"]],
  ["ti|", ["title"]],
  ["author.|", ["id", "email", "role", "team"]],
  ["author.team.na|", ["name", "members", "users_via_team"]],
  ["comments_via_post.|", ["body", "post"]],
  ["@request.|", ["auth", "body", "query", "headers", "method", "context"]],
  ["@request.auth.|", ["email", "team", "collectionName"]],
  ["@request.auth.team.|", ["name", "members"]],
  ["@request.body.|", ["title", "author"]],
  ["@collection.|", ["users", "teams"]],
  ["@collection.teams:x.|", ["name"]],
  ["tags:|", ["length", "each", "lower"]],
  ["@request.body.title:|", ["isset", "changed", "lower"]],
  ["title |", ["=", "!=", "~", "?="]],
  ["title = 'x' |", ["&&", "||"]],
  ["title = 'x' && |", ["title"]],
  ["(title = 'x') |", ["&&", "||"]],
  ["state = |", ['"draft"', '"live"', "title"]],
  ["published = |", ["true", "false"]],
  ["author = |", ["@request.auth.id"]],
  ["@request.method = |", ['"GET"']],
  ["@request.auth.collectionName = |", ['"users"']],
  ["geoDistance(|", ["place"]],
  ["geoDistance(1, 2, 3, 4) |", ["=", "<"]],
])("at %j there is %j", (marked, labels) => {
  expect(offered(marked)).toEqual(expect.arrayContaining(labels));
});

test.each([
  ["author.|", "password"],
  ["author.|", "title"],
  ["@request.body.|", "comments_via_post"],
  ["@collection.|", "numbers"],
  ["title:|", "isset"],
  ["title:|", "each"],
  ["title |", "&&"],
  ["title = 'x' |", "title"],
])("at %j there is no %s", (marked, label) => expect(offered(marked)).not.toContain(label));

test.each(["title = 'a|'", 'title = "a b|', "// a|", "meta = 12|"])(
  "in %j nothing is offered",
  (marked) => expect(offered(marked)).toBeUndefined(),
);

test("every offer has a type or a meaning", () => {
  for (const marked of ["|", "author.|", "title |", "@request.|", "tags:|"]) {
    const found = offersAt(marked.replace("|", ""), marked.length - 1, scope);
    for (const { help } of found?.offers ?? []) expect(help).not.toBe("");
  }
});
