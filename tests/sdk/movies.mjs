// The movies of vega-datasets as records, and questions about them answered naively.

import { readFileSync } from "node:fs";

const file = new URL("./node_modules/vega-datasets/data/movies.json", import.meta.url);

// Field, key in the file.
const TEXTS = [
  ["title", "Title"],
  ["rating", "MPAA Rating"],
  ["distributor", "Distributor"],
  ["source", "Source"],
  ["genre", "Major Genre"],
  ["kind", "Creative Type"],
  ["director", "Director"],
];
const NUMBERS = [
  ["gross", "US Gross"],
  ["worldwide", "Worldwide Gross"],
  ["sales", "US DVD Sales"],
  ["budget", "Production Budget"],
  ["minutes", "Running Time min"],
  ["tomatoes", "Rotten Tomatoes Rating"],
  ["score", "IMDB Rating"],
  ["votes", "IMDB Votes"],
];

/** The rows of the file with our field names; null stays null, as it is sent. */
export function movies() {
  return JSON.parse(readFileSync(file, "utf8")).map((row, position) => {
    const movie = { position: position + 1, released: day(row["Release Date"]) };
    for (const [name, key] of TEXTS) movie[name] = row[key] === null ? null : String(row[key]);
    for (const [name, key] of NUMBERS) movie[name] = row[key];
    return movie;
  });
}

/** A row as a server keeps it: null becomes the zero value of its type. */
export function stored(movie) {
  const kept = { ...movie };
  for (const [name] of TEXTS) kept[name] ??= "";
  for (const [name] of NUMBERS) kept[name] ??= 0;
  return kept;
}

export const MOVIE_FIELDS = [
  { name: "position", type: "number", onlyInt: true, required: true },
  { name: "released", type: "date" },
  ...TEXTS.map(([name]) => ({ name, type: "text" })),
  ...NUMBERS.map(([name]) => ({ name, type: "number" })),
];

function day(text) {
  const time = new Date(`${text} UTC`);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString().replace("T", " ");
}

// ASCII letters only, as the contract says.
const fold = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const contains = (text, part) => fold(text).includes(fold(part));

const ALL = () => true;

/** [filter, sort, the same as a predicate]; ties are always broken by the position. */
export const QUERIES = [
  ["", "position", ALL],
  ["", "-position", ALL],
  ["", "title,position", ALL],
  ["", "-title,position", ALL],
  ["", "-score,position", ALL],
  ["", "genre,-score,position", ALL],
  ["", "-genre,director,-position", ALL],
  ["", "released,position", ALL],
  ["score > 8", "-score,position", (m) => m.score > 8],
  ["score >= 8 && votes > 100000", "-votes,position", (m) => m.score >= 8 && m.votes > 100000],
  ["score = 7.7", "position", (m) => m.score === 7.7],
  ["score != 0 && score < 2.5", "score,position", (m) => m.score !== 0 && m.score < 2.5],
  ["tomatoes = 0", "position", (m) => m.tomatoes === 0],
  ["gross > 300000000", "-gross,position", (m) => m.gross > 300000000],
  ["gross < 0", "position", (m) => m.gross < 0],
  ["genre = 'Drama' && score > 8.3", "-score,position",
    (m) => m.genre === "Drama" && m.score > 8.3],
  ["genre = '' && director != ''", "position", (m) => m.genre === "" && m.director !== ""],
  ["genre = null", "position", (m) => m.genre === ""],
  ["director != null && minutes > 180", "-minutes,position", (m) => m.director && m.minutes > 180],
  ["title ~ 'star'", "title,position", (m) => contains(m.title, "star")],
  ["title !~ 'e'", "title,position", (m) => !contains(m.title, "e")],
  ["title ~ \"'\"", "position", (m) => m.title.includes("'")],
  ["title = 'Ocean\\'s Eleven'", "position", (m) => m.title === "Ocean's Eleven"],
  ["title = \"Ocean's Twelve\"", "position", (m) => m.title === "Ocean's Twelve"],
  ["title ~ 'È'", "position", (m) => m.title.includes("È")],
  ["title ~ 'alien³'", "position", (m) => m.title === "Alien³"],
  ["title ~ 'the %'", "title,position", (m) => /^the /is.test(m.title)],
  ["title ~ '%: part _'", "position", (m) => /: part .$/isu.test(m.title)],
  ["title ~ '100\\%'", "position", (m) => m.title.endsWith("100%")],
  ["title >= 'X' && title < 'Z'", "title,position", (m) => m.title >= "X" && m.title < "Z"],
  ["title = '9' || title = '21' || title = '300'", "position",
    (m) => ["9", "21", "300"].includes(m.title)],
  ["(genre = 'Comedy' || genre = 'Horror') && score > 8", "-score,position",
    (m) => (m.genre === "Comedy" || m.genre === "Horror") && m.score > 8],
  ["genre = 'Comedy' || genre = 'Horror' && score > 8", "position",
    (m) => m.genre === "Comedy" || (m.genre === "Horror" && m.score > 8)],
  ["released >= '1999-01-01 00:00:00.000Z' && released < '1999-02-01 00:00:00.000Z'",
    "released,position", (m) => m.released >= "1999-01-01" && m.released < "1999-02-01"],
  ["released > @now", "position", (m) => m.released > new Date().toISOString().replace("T", " ")],
  ["director:lower = 'steven spielberg'", "released,position",
    (m) => fold(m.director) === "steven spielberg"],
  ["worldwide > gross && gross > 200000000", "-worldwide,position",
    (m) => m.worldwide > m.gross && m.gross > 200000000],
  ["score > tomatoes && tomatoes != 0", "position",
    (m) => m.score > m.tomatoes && m.tomatoes !== 0],
  ["200 < minutes", "minutes,position", (m) => 200 < m.minutes],
  ["position > 3195 // && position < 0", "position", (m) => m.position > 3195],
  ["distributor = 'nobody'", "position", () => false],
  ["source ~ 'book' && kind ~ 'fiction' && rating = 'PG'", "title,position",
    (m) => contains(m.source, "book") && contains(m.kind, "fiction") && m.rating === "PG"],
];

/** The positions that a query must give, in order. */
export function naive(rows, [, sort, predicate]) {
  const keys = sort.split(",").map((key) =>
    key.startsWith("-") ? [key.slice(1), -1] : [key, 1]);
  const compare = (first, second) => {
    for (const [key, direction] of keys) {
      if (first[key] !== second[key]) return first[key] < second[key] ? -direction : direction;
    }
    return 0;
  };
  return rows.filter(predicate).sort(compare).map((row) => row.position);
}
