// node timing/main.mjs --requests 2000: whether the time of an answer tells if there is an account.
// Pairs of requests, one about an account and one about none, in random order; Welch's t of the two
// sides must be below 4.5. Back-off is off: this is about what happens where nobody has to wait.
// The control, accounts in both sides of which one is asked more of, must be noticed.

import { parseArgs } from "node:util";
import { client } from "../client.mjs";
import { SUPERUSER, startServer } from "../server.mjs";

const BOUND = 4.5;
const PASSWORD = "secret-word";
const { values } = parseArgs({ options: { requests: { type: "string", default: "2000" } } });
const pairs = Number(values.requests) / 2;
/** Each is asked about once in each row: the pause between two mails would hide the work. */
const ACCOUNTS = pairs;
const binary = process.env.LUGE_BIN;
if (!binary) {
  console.error("LUGE_BIN names the binary that is tested");
  process.exit(2);
}

const server = await startServer(binary, [], ["--sign-in-back-off", "off"]);
const ask = client(server.url);
const { token } = (await ask("POST", "/api/collections/_superusers/auth-with-password",
  { identity: SUPERUSER[0], password: SUPERUSER[1] })).body;
const members = { name: "members", type: "auth", otp: { enabled: true, duration: 10 },
  magicLink: { enabled: true, duration: 10 } };
await ask("POST", "/api/collections", members, { token });
const known = Array.from({ length: ACCOUNTS }, (_, number) => `user${number}@example.com`);
for (const email of known)
  await ask("POST", "/api/collections/members/records",
    { email, password: PASSWORD, passwordConfirm: PASSWORD }, { token });
const unknown = known.map((email) => email.replace("user", "none"));

function welch(left, right) {
  const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [a, b] = [mean(left), mean(right)];
  const variance = (all, about) =>
    all.reduce((sum, one) => sum + (one - about) ** 2, 0) / (all.length - 1);
  return (a - b) / Math.sqrt(variance(left, a) / left.length + variance(right, b) / right.length);
}

/** The slowest tenth is about the machine, not the answer. */
const without = (all) => all.toSorted((a, b) => a - b).slice(0, Math.ceil(all.length * 0.9));

async function timed(request) {
  const began = process.hrtime.bigint();
  const { status } = await request();
  return [Number(process.hrtime.bigint() - began) / 1e6, status];
}

async function compare(name, request, [left, right]) {
  const times = [[], []];
  const statuses = [new Set(), new Set()];
  for (let pair = 0; pair < pairs; pair++) {
    const sides = Math.random() < 0.5 ? [0, 1] : [1, 0];
    for (const side of sides) {
      const email = [left, right][side][pair % ACCOUNTS];
      const [time, status] = await timed(() => request(email, side));
      times[side].push(time);
      statuses[side].add(status);
    }
  }
  const alike = String([...statuses[0]].sort()) === String([...statuses[1]].sort());
  const t = welch(without(times[0]), without(times[1]));
  const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)].toFixed(2);
  console.log(`${name}: t = ${t.toFixed(2)}, medians ${times.map(median).join(" and ")} ms, ` +
    `statuses ${statuses.map((set) => [...set].join(",")).join(" and ")}`);
  return { t: Math.abs(t), alike };
}

const post = (path, body) => ask("POST", `/api/collections/members/${path}`, body);
const both = [known, unknown];
const results = [
  await compare("password", (identity) =>
    post("auth-with-password", { identity, password: "wrong-word" }), both),
  await compare("one-time code", (email) => post("request-otp", { email }), both),
  await compare("link", (email) => post("request-magic-link", { email }), both),
  await compare("reset", (email) => post("request-password-reset", { email }), both),
  await compare("verification", (email) => post("request-verification", { email }), both),
];
const control = await compare("control", async (email, side) => {
  const answer = await post("request-magic-link", { email });
  if (side) await new Promise((resolve) => setTimeout(resolve, 1));
  return answer;
}, [known, known]);
await server.stop();
const failed = results.some(({ t, alike }) => t >= BOUND || !alike) || control.t < BOUND;
process.exitCode = failed ? 1 : 0;
