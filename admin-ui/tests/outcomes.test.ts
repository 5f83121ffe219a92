/** How sign-ins, backups and jobs went, in words. */
import type { SignIn } from "@luge/client";
import type { Job } from "@luge/client/admin";
import { expect, test } from "vitest";
import { badgesOf, outcomeOf, wayOf } from "../src/pages/account/ways.ts";
import { changesOf, failureOf, progressOf } from "../src/pages/settings/backup-contents.ts";
import { hasRun, lastOf, nameOf, nextOf } from "../src/pages/settings/jobs.ts";

const signIn: SignIn = {
  id: "1",
  created: "2026-11-29 09:38:23.923Z",
  outcome: "signedIn",
  method: "password",
  provider: "",
  first: "",
  device: "",
  address: "",
  new: false,
  session: "s",
  live: false,
  current: false,
  by: "",
  until: "",
};

test("a way is told by its words, a provider by its name, an unknown one as it is", () => {
  expect(wayOf(signIn)).toBe("by password");
  expect(wayOf({ ...signIn, first: "password", method: "totp" })).toBe(
    "by password, then authenticator app",
  );
  expect(wayOf({ ...signIn, method: "oauth2", provider: "google" })).toBe("by google");
  expect(wayOf({ ...signIn, method: "oauth2" })).toBe("by sign-in provider");
  expect(wayOf({ ...signIn, method: "telepathy" })).toBe("by telepathy");
});

test("what came of a sign-in is told where that is no session", () => {
  expect(outcomeOf(signIn)).toBe(undefined);
  expect(outcomeOf({ ...signIn, outcome: "unfinished" })).toMatch(/second factor/);
  expect(outcomeOf({ ...signIn, outcome: "refused" })).toMatch(/did not let/);
  const impersonated = { ...signIn, outcome: "impersonated" } as const;
  expect(outcomeOf(impersonated)).toBe("A superuser acts as this account");
  expect(outcomeOf({ ...impersonated, by: "eve@example.com" })).toMatch(/^eve@example.com acts/);
});

test("badges say only what holds", () => {
  expect(badgesOf(signIn)).toEqual([]);
  expect(badgesOf({ ...signIn, new: true, live: true })).toEqual(["Still signed in", "New device"]);
  expect(badgesOf({ ...signIn, live: true, current: true })).toEqual(["This session"]);
});

test("what a restore changes leaves the server's own collections out", () => {
  expect(changesOf([])).toEqual([]);
  expect(
    changesOf([
      { name: "_mfas", now: 1, then: 2 },
      { name: "posts", now: 3, then: 1200 },
      { name: "new", now: 1, then: null },
      { name: "old", now: null, then: 0 },
    ]),
  ).toEqual([
    "posts: 3 now, 1,200 then",
    "new and its 1 record will be gone",
    "old comes back with 0 records",
  ]);
});

test("a backup is never told to be further than all of it", () => {
  const running = { work: "backup", key: "a.zip", began: "", done: 4096, expected: 1024 } as const;
  expect(progressOf(running)).toBe("a.zip is being made: 4 kB of about 4 kB");
  expect(progressOf({ ...running, work: "restore", expected: 8192 })).toBe(
    "a.zip is being restored: 4 kB of 8 kB",
  );
  const failed = { key: "a.zip", began: signIn.created, problem: "The disk is full." };
  expect(failureOf({ ...failed, work: "backup" })).toMatch(/a.zip could not be made. The disk/);
  expect(failureOf({ ...failed, work: "restore" })).toMatch(/could not be restored/);
});

const job: Job = { id: "trim_log", expression: "", running: "", next: "", last: null };
const last = { began: signIn.created, milliseconds: 1234, done: true, problem: "" };

test("a job is told by its words and by how it went", () => {
  expect(nameOf("trim_log")).toBe("Shorten the change log");
  expect(nameOf("__pbDBOptimize__")).toBe("Tidy up the data");
  expect(nameOf("__pbDBSweepUp__")).toBe("DB Sweep Up");
  expect(nextOf(job)).toBe("It is never due.");
  expect(lastOf(job)).toBe("It has not run yet.");
  expect(lastOf({ ...job, last })).toMatch(/took 1.23 s, done$/);
  expect(lastOf({ ...job, last: { ...last, done: false } })).toMatch(/took 1.23 s$/);
  expect(lastOf({ ...job, last, running: signIn.created })).toMatch(/^It is running since/);
});

test("a job has run where it ended since it was asked for", () => {
  expect(hasRun(job, job)).toBe(false);
  expect(hasRun(job, undefined)).toBe(false);
  expect(hasRun(job, { ...job, last })).toBe(true);
  expect(hasRun({ ...job, last }, { ...job, last })).toBe(false);
  expect(hasRun(job, { ...job, last, running: signIn.created })).toBe(false);
});
