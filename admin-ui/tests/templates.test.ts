// @vitest-environment node
/** Templates: what is in them, and that nothing is left of one that fails. */
import { NotFoundError } from "@luge/client";
import { expect, test } from "vitest";
import { offers } from "../src/pages/home/templates/offers.ts";
import {
  loadTemplate,
  present,
  referringTo,
  sizeOf,
  type Server,
} from "../src/pages/home/templates/template.ts";

test.each(offers)("$name names what it makes, and writes are never everybody's", async (offer) => {
  const { default: template } = await offer.read();
  expect(template.collections.map(({ name }) => name)).toEqual(offer.collections);
  expect(sizeOf(template)).toBeGreaterThanOrEqual(20);
  const ids = template.collections.map(({ id }) => id);
  for (const { type, fields, indexes, ...rules } of template.collections) {
    expect(rules.updateRule).not.toBe("");
    expect(rules.deleteRule).not.toBe("");
    if (type === "base") {
      expect(rules.createRule).not.toBe("");
      expect(indexes?.length).toBeGreaterThan(0);
    }
    const relations = fields?.filter((field) => field.type === "relation") ?? [];
    for (const { collectionId } of relations) expect(ids).toContain(collectionId);
  }
  const made = template.records.flatMap(({ rows }) => rows.map(({ id }) => id));
  for (const id of made.filter((each) => each !== undefined)) {
    expect(id).toMatch(/^[a-z0-9]{15}$/);
  }
  for (const { rows } of template.records) {
    const own = rows.map(({ id }) => id).filter((each) => each !== undefined);
    expect(new Set(own).size).toBe(own.length);
    expect(JSON.stringify(rows)).not.toMatch(/password/);
  }
});

test("one that fails in the middle is removed, those that refer first", async () => {
  const asked: string[] = [];
  const passwords = new Set<unknown>();
  const server = {
    collections: {
      import: async () => void asked.push("import"),
      delete: async (name: string) => void asked.push(`delete ${name}`),
    },
    from: (name: string) => ({
      create: async (body: Record<string, unknown>) => {
        if (name === "chat_people") passwords.add(body.password);
        if (name === "chat_messages") throw new NotFoundError("gone", { code: "not_found" });
      },
    }),
  } as unknown as Server;
  const { default: template } = await offers[2]!.read();
  await expect(loadTemplate(server, template, () => undefined)).rejects.toThrow("gone");
  expect(asked).toEqual([
    "import", "delete chat_messages", "delete chat_rooms", "delete chat_people",
  ]);
  expect(passwords.size).toBe(4);
  expect([...passwords].every((each) => /^[0-9a-f]{32}$/.test(String(each)))).toBe(true);
});

test("names are taken whatever their case; who refers is told", () => {
  const fields = [{ name: "post", type: "relation" as const, collectionId: "p1" }];
  const there = [
    { id: "p1", name: "Blog_posts", fields: [] },
    { id: "x1", name: "notes", fields },
    { id: "v1", name: "latest", fields: [], viewQuery: "SELECT id FROM Blog_posts" },
    { id: "v2", name: "other", fields: [], viewQuery: "SELECT id FROM blog_posts_old" },
  ];
  expect(present(["blog_posts", "blog_authors"], there)).toEqual(["blog_posts"]);
  expect(referringTo(["Blog_posts"], there)).toEqual(["notes", "latest"]);
});
