/** The charts of the first page. */
import type { MetricSample } from "@luge/client/admin";
import { expect, test } from "vitest";
import { partsOf, RANGES, seriesOf } from "../src/state/measures.ts";

test("a line is drawn from the left to the right, the most at the top", () => {
  expect(partsOf([0, 5, 10], 10)).toEqual(["0,100 50,50 100,0"]);
});

test("a line is interrupted where nothing was measured", () => {
  expect(partsOf([10, 10, null, 5, null], 10)).toEqual(["0,0 25,0", "75,50 75,50"]);
  expect(partsOf([null, null], 10)).toEqual([]);
  expect(partsOf([], 10)).toEqual([]);
  expect(partsOf([1], 1)).toEqual(["0,0 0,0"]);
});

test("no range asks for more samples than are given", () => {
  for (const { seconds, step } of Object.values(RANGES)) {
    expect(seconds / step).toBeLessThanOrEqual(1500);
  }
});

test("every line has a value for each sample", () => {
  const sample = { requests: 3, p50: null, memoryBytes: 7 } as Partial<MetricSample>;
  const series = seriesOf([sample as MetricSample, sample as MetricSample]);
  expect(series.flatMap(({ lines }) => lines.map(({ values }) => values.length))).toEqual(
    Array.from({ length: 12 }, () => 2),
  );
  const latency = series.find(({ name }) => name === "latency");
  expect(latency?.lines[0]?.values).toEqual([null, null]);
});
