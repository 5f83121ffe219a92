// @vitest-environment node
/** What is found that would make a server safer. */
import type { Collection, SettingsValues } from "@luge/client/admin";
import { expect, test } from "vitest";
import { adviceOn, type Facts } from "../src/pages/settings/security/advice.ts";

const safe = {
  meta: { appURL: "https://app.example.com", senderAddress: "us@acme.test" },
  smtp: { enabled: true },
  backups: { cron: "0 3 * * *" },
  rateLimits: { enabled: true },
  trustedProxy: { useLeftmostIP: false },
  logs: { maxDays: 5 },
};
const rules = {
  listRule: "", viewRule: "", createRule: null, updateRule: "id = 1", deleteRule: null,
};
const collection = (more: object) =>
  ({ name: "posts", type: "base", system: false, ...rules, ...more }) as unknown as Collection;
const told = (facts: Partial<Facts> = {}, settings: object = {}) =>
  adviceOn({
    collections: [],
    settings: { ...safe, ...settings } as unknown as SettingsValues,
    here: new URL("https://app.example.com") as unknown as Location,
    proxyHeader: "",
    strongSignIn: true,
    ...facts,
  });
const ids = (...about: Parameters<typeof told>) => told(...about).map(({ id }) => id);

test("a server that is as it should be is told nothing", () => {
  const accounts = collection({
    type: "auth", listRule: "id = 1", viewRule: null, createRule: "", manageRule: null,
  });
  const view = collection({ type: "view", createRule: "" });
  const system = collection({ system: true, updateRule: "" });
  expect(ids({ collections: [collection({}), accounts, view, system] })).toEqual([]);
});

test("each thing that often goes wrong is found", () => {
  const open = collection({ createRule: "", deleteRule: "" });
  expect(told({ collections: [open] })).toEqual([
    {
      id: "publicWrite",
      serious: true,
      path: "/collections/posts/rules",
      values: { name: "posts", actions: "create and delete" },
    },
  ]);
  const accounts = collection({ type: "auth", manageRule: "" });
  expect(ids({ collections: [accounts] })).toEqual(["publicManage", "publicAccounts"]);
  expect(ids({ strongSignIn: false })).toEqual(["superuser"]);
  expect(ids({ proxyHeader: "X-Forwarded-For" })).toEqual(["proxy"]);
  for (const [settings, id] of [
    [{ backups: { cron: "" } }, "backup"],
    [{ smtp: { enabled: false } }, "mail"],
    [{ rateLimits: { enabled: false } }, "limits"],
    [{ trustedProxy: { useLeftmostIP: true } }, "leftmost"],
    [{ logs: { maxDays: 0 } }, "unlogged"],
    [{ meta: { ...safe.meta, senderAddress: "support@example.com" } }, "sender"],
    [{ meta: { ...safe.meta, appURL: "https://other.example.com" } }, "address"],
  ] as const) {
    expect(ids({}, settings)).toEqual([id]);
  }
});

test("without encryption only this very machine is safe", () => {
  for (const [address, expected] of [
    ["http://localhost:8090", []],
    ["http://127.0.0.1:8090", []],
    ["http://app.example.com", ["plain", "plainApp"]],
    ["http://192.168.0.7:8090", ["plain", "plainApp"]],
  ] as const) {
    const here = new URL(address) as unknown as Location;
    const meta = { ...safe.meta, appURL: address };
    expect(ids({ here }, { meta }), address).toEqual(expected);
  }
});

test("the serious things come first", () => {
  const found = told({ strongSignIn: false }, { smtp: { enabled: false } });
  expect(found.map(({ serious }) => serious)).toEqual([true, false]);
});
