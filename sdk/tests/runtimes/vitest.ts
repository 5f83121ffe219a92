/**
 * As much of vitest as the live suite needs, for places where vitest itself cannot run: a page, or
 * a runtime that has little more than `fetch`. Its `expect` is vitest's own.
 */
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect: any = chai.expect;
expect.unreachable = (message = "this was not to be reached") => chai.expect.fail(message);

const WAIT_MS = 10_000;
const LOOK_MS = 25;
export const vi = {
  /** Tries until it does not throw any more, and gives what it gave. */
  async waitFor<T>(work: () => T | Promise<T>): Promise<T> {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    }
  },
};

type Work = () => unknown;
interface Group {
  name: string;
  tests: { name: string; run: Work; limit: number }[];
  groups: Group[];
  hooks: Record<"beforeAll" | "beforeEach" | "afterEach" | "afterAll", Work[]>;
}

const LIMIT_MS = 30_000;
const root = groupOf("");
let current = root;

export function describe(name: string, define: Work): void {
  const outer = current;
  current = groupOf(name);
  outer.groups.push(current);
  define();
  current = outer;
}
describe.skipIf = (skip: boolean) => (skip ? () => undefined : describe);

export function test(name: string, run: Work, limit = LIMIT_MS): void {
  current.tests.push({ name, run, limit });
}
test.each =
  (rows: readonly unknown[]) =>
  (name: string, run: (...row: any[]) => unknown): void =>
    rows.forEach((row) => {
      const words = Array.isArray(row) ? row : [row];
      test(`${name} ${JSON.stringify(words[0])}`, () => run(...words));
    });

const hook = (kind: keyof Group["hooks"]) => (work: Work) => void current.hooks[kind].push(work);
export const beforeAll = hook("beforeAll");
export const beforeEach = hook("beforeEach");
export const afterEach = hook("afterEach");
export const afterAll = hook("afterAll");

/** What became of all tests. */
export interface Outcome {
  passed: string[];
  failed: string[];
}

/** Runs everything that was defined, one after the other. */
export async function runAll(): Promise<Outcome> {
  const outcome: Outcome = { passed: [], failed: [] };
  await runGroup(root, "", outcome);
  return outcome;
}

async function runGroup(group: Group, path: string, outcome: Outcome): Promise<void> {
  const name = [path, group.name].filter(Boolean).join(" > ");
  const { hooks } = group;
  try {
    for (const work of hooks.beforeAll) await work();
    for (const each of group.tests) {
      const place = `${name} > ${each.name}`;
      try {
        for (const work of hooks.beforeEach) await work();
        await within(each.limit, each.run);
        outcome.passed.push(place);
      } catch (error) {
        outcome.failed.push(`${place}: ${said(error)}`);
      } finally {
        for (const work of hooks.afterEach) await work();
      }
    }
    for (const inner of group.groups) await runGroup(inner, name, outcome);
    for (const work of hooks.afterAll) await work();
  } catch (error) {
    outcome.failed.push(`${name}: ${said(error)}`);
  }
}

function within(limit: number, run: Work): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`more than ${limit} ms`)), limit);
  });
  const work = (async () => run())();
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function said(error: unknown): string {
  const { message, stack } = error as Error;
  return `${message}\n${stack ?? ""}`;
}

function groupOf(name: string): Group {
  const hooks = { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] };
  return { name, tests: [], groups: [], hooks };
}
