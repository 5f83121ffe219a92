/** Numbers added up. */
export interface Sums {
  sum: number;
  avg: number;
  min: number;
  max: number;
}

/** The sums of the numbers among some values; nothing where there are none. */
export function sumsOf(values: readonly unknown[]): Sums | undefined {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, value) => total + value, 0);
  const least = (one: number, other: number) => Math.min(one, other);
  const most = (one: number, other: number) => Math.max(one, other);
  return {
    sum,
    avg: sum / numbers.length,
    min: numbers.reduce(least),
    max: numbers.reduce(most),
  };
}
