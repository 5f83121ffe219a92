/** What of a long list is asked for while it scrolls, and what stands there when it rests. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Listing } from "../src/pages/records/view.ts";

vi.mock("../src/state/problem.ts", () => ({ explain: (error: Error) => error }));
vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run));
const { Rows } = await import("../src/pages/records/rows.svelte.ts");
const { PER_PAGE } = await import("../src/pages/records/view.ts");
type Rows = InstanceType<typeof Rows>;

const TOTAL = 100_000;
const WINDOW = 30;
const FRAME_MS = 16;
const ANSWER_MS = 100;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A list whose answers take a while, and the pages that were asked of it. */
function longList() {
  const asked: { page: number; signal: AbortSignal }[] = [];
  const rowOf = (index: number) => ({ id: `row${index}` });
  const page = async (number: number, _: number, { signal }: { signal: AbortSignal }) => {
    asked.push({ page: number - 1, signal });
    await new Promise((answer) => setTimeout(answer, ANSWER_MS));
    const from = (number - 1) * PER_PAGE;
    return { items: Array.from({ length: PER_PAGE }, (_, at) => rowOf(from + at)) };
  };
  return { asked, listing: { page, count: async () => TOTAL } as unknown as Listing };
}

async function opened() {
  const rows = new Rows();
  const { asked, listing } = longList();
  void rows.open(listing);
  await vi.advanceTimersByTimeAsync(ANSWER_MS);
  rows.show(0, WINDOW);
  asked.length = 0;
  return { rows, asked };
}

/** Each frame shows a window, which begins so many rows behind the one before. */
async function scroll(rows: Rows, frames: number, step: number, from = 0): Promise<number> {
  for (let frame = 1; frame <= frames; frame += 1) {
    rows.show(from + frame * step, from + frame * step + WINDOW);
    await vi.advanceTimersByTimeAsync(FRAME_MS);
  }
  return from + frames * step;
}

const seen = (rows: Rows, first: number) =>
  Array.from({ length: WINDOW }, (_, at) => rows.at(first + at)?.id);
const expected = (first: number) => Array.from({ length: WINDOW }, (_, at) => `row${first + at}`);

test.each([
  ["the scrollbar is dragged through all of it", 300, 333],
  ["the wheel is flung", 60, 105],
  ["the windows just touch each other", 60, WINDOW],
])("%s: nothing is asked for before it rests, then what it rests at", async (_, frames, step) => {
  const { rows, asked } = await opened();
  const first = await scroll(rows, frames, step);
  expect(asked).toEqual([]);
  expect(rows.loading).toBe(true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen(rows, first)).toEqual(expected(first));
  expect(rows.loading).toBe(false);
  expect(asked.length).toBeLessThanOrEqual(2);
});

test("there and back again, what was there is there at once and nothing is asked for", async () => {
  const { rows, asked } = await opened();
  const far = await scroll(rows, 100, 500);
  await scroll(rows, 100, -500, far);
  expect(seen(rows, 0)).toEqual(expected(0));
  expect(rows.loading).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([]);
});

test("rows that are reached step by step are there while it scrolls", async () => {
  const { rows, asked } = await opened();
  const first = await scroll(rows, 600, 3);
  const there = seen(rows, first).filter((id) => id !== undefined).length;
  expect(there).toBeGreaterThan(WINDOW / 2);
  expect(asked.length).toBeLessThanOrEqual((600 * 3) / PER_PAGE + 2);
  expect(asked.filter(({ signal }) => signal.aborted)).toEqual([]);
});

test("what is left behind is no longer waited for, nor shown as what is looked at", async () => {
  const { rows, asked } = await opened();
  rows.show(50_000, 50_000 + WINDOW);
  await vi.advanceTimersByTimeAsync(ANSWER_MS / 2 + FRAME_MS);
  expect(asked).toHaveLength(1);
  rows.show(90_000, 90_000 + WINDOW);
  expect(asked[0]?.signal.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(rows.at(50_000)).toBeUndefined();
  expect(seen(rows, 90_000)).toEqual(expected(90_000));
  expect(asked).toHaveLength(2);
});

test("what is asked for soon is not asked for once the list is closed", async () => {
  const { rows, asked } = await opened();
  rows.show(70_000, 70_000 + WINDOW);
  rows.close();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([]);
  expect(rows.loading).toBe(false);
});
