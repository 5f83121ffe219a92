/** Settings while they are edited. */
import type { SettingsValues } from "@luge/client/admin";
import { beforeEach, expect, test } from "vitest";
import { SettingsDraft } from "../src/pages/settings/draft.svelte.ts";

const stored = { smtp: { host: "a", port: 25 }, superuserIPs: ["1.1.1.1"] };
const asked: unknown[] = [];
const values = (host: string) =>
  ({ ...structuredClone(stored), smtp: { host, port: 25 } }) as unknown as SettingsValues;
const server = {
  get: async () => values("a"),
  sources: async () => ({ "smtp.port": { source: "file" as const, from: "luge.toml" } }),
  update: async (change: object) => {
    asked.push(change);
    return values("b");
  },
};

beforeEach(() => void asked.splice(0));

test("only what was changed is sent, lists as a whole", async () => {
  const draft = new SettingsDraft(server);
  await draft.load();
  expect(draft.changed(["smtp.host", "smtp.port", "superuserIPs"])).toEqual([]);
  draft.set("smtp.host", "b");
  draft.set("superuserIPs", ["1.1.1.1", "2.2.2.2"]);
  expect(draft.changed(["smtp.host", "smtp.port"])).toEqual(["smtp.host"]);
  await draft.save(["smtp.host", "smtp.port"]);
  expect(asked).toEqual([{ smtp: { host: "b" } }]);
  expect(draft.get("smtp.host")).toBe("b");
  expect(draft.changed(["superuserIPs"])).toEqual(["superuserIPs"]);
});

test("a secret is sent once and forgotten; one that is not typed is not sent", async () => {
  const draft = new SettingsDraft(server);
  await draft.load();
  draft.set("smtp.password", "");
  expect(draft.changed(["smtp.password"])).toEqual([]);
  draft.set("smtp.password", "hunter-2");
  await draft.save(["smtp.password"]);
  expect(asked).toEqual([{ smtp: { password: "hunter-2" } }]);
  expect(draft.get("smtp.password")).toBeFalsy();
  expect(draft.changed(["smtp.password"])).toEqual([]);
});

test("what was typed stays when the settings are read again, and can be undone", async () => {
  const draft = new SettingsDraft(server);
  await draft.load();
  draft.set("smtp.host", "c");
  await draft.load();
  expect(draft.get("smtp.host")).toBe("c");
  draft.undo(["smtp.host"]);
  expect(draft.get("smtp.host")).toBe("a");
});

test("what is set from outside says where", async () => {
  const draft = new SettingsDraft(server);
  await draft.load();
  expect(draft.fixedBy("smtp.port")).toBe("luge.toml");
  expect(draft.fixedBy("smtp.host")).toBe(undefined);
});
