/** Requests in TypeScript, with @luge/client. */
import { pathOf, TOKEN, type Body, type Call, type Json } from "../call.ts";
import { doubleQuoted as text, javaScript, literal } from "../quote.ts";
import { stepsOf } from "../steps.ts";

/** What a call becomes: names from the package's entry points, and the lines. */
interface Part {
  imports: Record<string, string[]>;
  lines: string[];
}

const CORE = "@luge/client";

/** A module. */
export function typeScript(call: Call, base: string): string {
  const { imports, lines } = (writers[call.means] ?? plain)(call) ?? plain(call);
  const all = { ...imports, [CORE]: ["createClient", ...(imports[CORE] ?? [])] };
  const head = Object.entries(all)
    .sort(([one], [other]) => one.length - other.length)
    .map(([from, names]) => `import { ${names.sort().join(", ")} } from ${text(from)};`);
  if (!call.signed) {
    return [...head, "", `const db = createClient(${text(base)});`, ...lines].join("\n");
  }
  const keys = 'import { withKey } from "@luge/client/api-keys";';
  // An application signs in instead; a token or a key that one has already goes along like this.
  const made = `const db = createClient(${text(base)}, { fetch: withKey(${text(TOKEN)}) });`;
  return [...head, keys, "", made, ...lines].join("\n");
}

type Writer = (call: Call) => Part | undefined;

const write = (value: Json, margin = "") => literal(value, javaScript, margin);
const from = ({ collection }: Call) => `db.from(${text(collection)})`;
const auth = ({ collection }: Call) => `db.auth(${text(collection)})`;
const part = (lines: string[], imports: Part["imports"] = {}): Part => ({ lines, imports });

/** For what has no method of its own. */
function plain(call: Call): Part {
  const options: string[] = call.method === "GET" ? [] : [`method: ${text(call.method)}`];
  if (Object.keys(call.query).length > 0) options.push(`query: ${write(call.query, "  ")}`);
  if (call.body !== undefined) options.push(`body: ${write(call.body, "  ")}`);
  const given = options.length > 0 ? `, {\n${options.map((each) => `  ${each},\n`).join("")}}` : "";
  const send = `await db.transport.send(${text(pathOf(call))}${given});`;
  return part(call.silent ? [send] : [`const answer = ${send}`, "console.log(answer);"]);
}

/** A query, of what the parameters say. */
function query(call: Call, first: string[] = []): Part & { chain: string } {
  const { filter, sort, expand, fields, search, highlight } = call.query;
  const imports: Part["imports"] = filter ? { [CORE]: ["Filter"] } : {};
  const steps = [...first];
  if (filter) steps.push(`.where(new Filter(${text(filter)}))`);
  if (search) {
    const options = highlight ? `, { highlight: ${write(split(highlight))} }` : "";
    steps.push(`.search(${text(search)}${options})`);
  }
  if (sort) steps.push(`.orderBy(${split(sort).map(text).join(", ")})`);
  if (expand) steps.push(`.expand(${split(expand).map(text).join(", ")})`);
  if (fields) steps.push(`.select(${split(fields).map(text).join(", ")})`);
  return { ...part([], imports), chain: from(call) + steps.map((step) => `\n  ${step}`).join("") };
}

const split = (list: string) => list.split(",").map((each) => each.trim());
const number = (value: string | undefined, otherwise: number) => {
  return /^\d+$/.test(value ?? "") ? Number(value) : otherwise;
};

function list(call: Call): Part {
  const { chain, imports } = query(call);
  const page = `.page(${number(call.query.page, 1)}, ${number(call.query.perPage, 30)})`;
  const end = chain.includes("\n") ? `\n  ${page}` : page;
  const show = ["for (const record of items) console.log(record);"];
  return part([`const { items, totalItems } = await ${chain}${end};`, ...show], imports);
}

function faceted(call: Call): Part | undefined {
  // By its types, only what is selected can be counted.
  if (call.query.fields) return undefined;
  const { chain, imports } = query(call);
  const facets = write(split(call.query.facets ?? ""));
  const asked = `const { items, facets } = await faceted(${chain}, ${facets});`;
  return part([asked, "console.log(facets);"], { ...imports, "@luge/client/search": ["faceted"] });
}

function suggested(call: Call): Part {
  const { chain, imports } = query({ ...call, query: { ...call.query, fields: "" } });
  const asked = `const words = await suggest(${chain}, ${text(call.query.suggest ?? "")});`;
  return part([asked, "console.log(words);"], { ...imports, "@luge/client/search": ["suggest"] });
}

function aggregate(call: Call): Part {
  const { filter, having, page, perPage, ...columns } = call.query;
  const imports: Part["imports"] = filter || having ? { [CORE]: ["Filter"] } : {};
  const lines = Object.entries(columns)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${write(split(value))},`);
  if (having) lines.push(`having: new Filter(${text(having)}),`);
  if (page) lines.push(`page: ${number(page, 1)},`);
  if (perPage) lines.push(`perPage: ${number(perPage, 30)},`);
  const where = filter ? `\n  .where(new Filter(${text(filter)}))\n  ` : "";
  const asked = lines.map((line) => `  ${line}\n`).join("");
  const groups = `const { items } = await ${from(call)}${where}.aggregate({\n${asked}});`;
  return part([groups, "console.log(items);"], imports);
}

const shown = (call: Call) => query(call, []).chain;

function withBody(verb: string, call: Call, first: string[] = []): Part {
  const files = (call.files ?? []).map(({ field }) => `  ${javaScript.key(field)}: file,\n`);
  let body = write(call.body ?? {});
  if (files.length > 0) {
    body = `${body === "{}" ? "{\n" : body.slice(0, -1)}${files.join("")}}`;
  }
  const given = [...first, body].join(", ");
  const { imports } = query(call);
  const lines = [`const record = await ${shown(call)}.${verb}(${given});`, "console.log(record);"];
  const input = 'document.querySelector<HTMLInputElement>("input[type=file]")';
  const pick = `const [file] = ${input}!.files!;`;
  return part(files.length > 0 ? [pick, ...lines] : lines, imports);
}

function batch(call: Call): Part | undefined {
  const steps = stepsOf(call.body);
  if (steps === undefined) return undefined;
  const lines = steps.map(({ verb, collection, id, body }) => {
    const given = [...(id === undefined ? [] : [text(id)]), ...(body ? [write(body, "  ")] : [])];
    return `  on(${text(collection)}).${verb}(${given.join(", ")}),\n`;
  });
  const results = `const results = await batch(db, (on) => [\n${lines.join("")}]);`;
  return part([results, "console.log(results);"], { "@luge/client/batch": ["batch"] });
}

function subscribe(call: Call): Part {
  const { filter, expand, fields, search } = call.query;
  const { id } = call.place;
  const options = { ...(id && id !== "*" && { id }) };
  const given = Object.keys(options).length > 0 ? `, ${write(options)}` : "";
  const hear = "({ action, record }) => console.log(action, record)";
  if (!search) {
    const { chain, imports } = query({ ...call, query: { filter, expand, fields } as never });
    const end = chain.includes("\n") ? "\n  " : "";
    return part([`const stop = await ${chain}${end}.subscribe(${hear}${given});`], imports);
  }
  const asked = Object.fromEntries(Object.entries(call.query).filter(([, value]) => value !== ""));
  const topic = `${call.collection}/${id ?? "*"}`;
  return part([
    `const stop = await db.realtime.subscribe(${text(topic)}, console.log, ${write(asked)});`,
  ]);
}

function file(call: Call): Part {
  const { id = "", field = "" } = call.place;
  const options = { ...call.query };
  const given = Object.keys(options).length > 0 ? `, ${write(options)}` : "";
  return part(
    [
      `const record = await ${from(call)}.get(${text(id)});`,
      `console.log(fileUrl(db, record, ${text(field)}${given}));`,
    ],
    { "@luge/client/files": ["fileUrl"] },
  );
}

/** A call of a sign-in, whose arguments are values of the body. */
function signIn(method: string, ...names: string[]): Writer {
  return (call) => {
    const given = names.map((name) => write(call.body?.[name] ?? ""));
    const send = `await ${auth(call)}.${method}(${given.join(", ")});`;
    return part(call.silent ? [send] : [`const answer = ${send}`, "console.log(answer);"]);
  };
}

/** The same, of an entry point of its own. */
function extra(maker: string, entry: string, method: string, ...names: string[]): Writer {
  return ({ collection, body, silent }) => {
    const given = names.map((name) => write(body?.[name] ?? ""));
    const send = `await ${maker}(db, ${text(collection)}).${method}(${given.join(", ")});`;
    const lines = silent ? [send] : [`const answer = ${send}`, "console.log(answer);"];
    return part(lines, { [`@luge/client/${entry}`]: [maker] });
  };
}

const oauth2: Writer = ({ collection, body }) => {
  const provider = text(String((body as Body | undefined)?.provider ?? ""));
  const popup = `await oauth(db, ${text(collection)}).popup(\n  ${provider},\n  location.href,\n);`;
  return part([`const { record } = ${popup}`, "console.log(record);"], {
    "@luge/client/oauth": ["oauth"],
  });
};

const writers: Record<string, Writer> = {
  list,
  search: list,
  facets: faceted,
  suggest: suggested,
  aggregate,
  view: (call) => {
    const { chain, imports } = query(call);
    const end = chain.includes("\n") ? "\n  " : "";
    return part(
      [
        `const record = await ${chain}${end}.get(${text(call.place.id ?? "")});`,
        "console.log(record);",
      ],
      imports,
    );
  },
  create: (call) => withBody("create", call),
  createFiles: (call) => withBody("create", call),
  update: (call) => withBody("update", call, [text(call.place.id ?? "")]),
  delete: (call) => part([`await ${from(call)}.delete(${text(call.place.id ?? "")});`]),
  batch,
  subscribe,
  file,
  fileToken: () =>
    part(["const token = await fileToken(db);", "console.log(token);"], {
      "@luge/client/files": ["fileToken"],
    }),
  methods: signIn("methods"),
  password: signIn("password", "identity", "password"),
  refresh: signIn("refresh"),
  logout: () => part(["await db.signOut();"]),
  sessions: signIn("sessions.list"),
  requestVerification: signIn("requestVerification", "email"),
  confirmVerification: signIn("confirmVerification", "token"),
  requestPasswordReset: signIn("requestPasswordReset", "email"),
  confirmPasswordReset: signIn("confirmPasswordReset", "token", "password"),
  requestEmailChange: signIn("requestEmailChange", "newEmail"),
  confirmEmailChange: signIn("confirmEmailChange", "token", "password"),
  requestCode: extra("factors", "factors", "requestCode", "email"),
  code: extra("factors", "factors", "code", "otpId", "password"),
  requestLink: extra("factors", "factors", "requestLink", "email"),
  link: extra("factors", "factors", "link", "token"),
  anonymous: extra("factors", "factors", "anonymous"),
  app: extra("factors", "factors", "app", "mfaId", "code"),
  passkey: extra("passkeys", "passkeys", "signIn"),
  oauth2,
};
