// Rows like the zip codes of a country, made up: always the same for the same number of them.

const STATES = ["NY", "CA", "TX", "WA", "FL"];

/** The short names of the states that the rows have. */
export const states = STATES;

/** The row at a position. */
export function zip(at) {
  return {
    code: String(501 + at * 2).padStart(5, "0"),
    city: at % 7 === 0 ? `Saint "${at}", East` : `Town ${at}`,
    state: STATES[at % STATES.length],
    longitude: Number((((at * 37) % 3580) / 10 - 179).toFixed(1)),
    latitude: ((at * 13) % 890) / 10,
    population: (at * 7919) % 100_000,
  };
}

/** So many of them as a CSV file with a header. */
export function zipsAsCsv(amount) {
  const lines = ["code,city,state,longitude,latitude,population"];
  for (let at = 0; at < amount; at += 1) {
    const { code, city, ...rest } = zip(at);
    lines.push([code, `"${city.replaceAll('"', '""')}"`, ...Object.values(rest)].join(","));
  }
  return `${lines.join("\n")}\n`;
}
