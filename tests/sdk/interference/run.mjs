// The same questions to two servers whose records differ only in what the askers may not read:
// every difference of the answers tells somebody something that is not theirs to know.

import { print } from "../generator/expression.mjs";
import { generator } from "../generator/random.mjs";
import { randomRead, rendered } from "../generator/requests.mjs";
import { shrink } from "../generator/shrink.mjs";
import { sorted } from "../differential/compare.mjs";
import { Pair } from "../pair.mjs";
import { answersTo, withoutCursor } from "./pages.mjs";
import { randomTwins } from "./twins.mjs";

const REQUESTS_OF_A_WORLD = 1000;
const AT_ONCE = 8;
// What names the moment or the request, not the data; and the tag, which each server makes of the
// text, compared here, under a key of its own.
const VOLATILE = ["date", "x-request-id", "connection", "keep-alive", "transfer-encoding", "etag"];

/**
 * Compares the answers to `requests` of one binary; a `control` breaks something that must be
 * noticed, and `anyKeyOrder` is for a binary that writes keys in any order where `fields` picks
 * some. With `behindCursors`, only later pages are asked for and compared.
 * The result is `{ requests, pages, leaks, secrets, weakened, statuses, wrong }`.
 */
export async function interference(options) {
  const { requests, seed, only, perWorld = REQUESTS_OF_A_WORLD, log = () => {} } = options;
  const result = {
    requests: 0, pages: 0, leaks: [], secrets: 0, weakened: 0, statuses: new Map(), wrong: [],
  };
  for (let number = only ?? 1; result.requests < requests; number++) {
    const budget = Math.min(perWorld, requests - result.requests);
    await new Run(result, seed, number, options).world(budget);
    log(`world ${number}: ${result.requests} requests, ${result.leaks.length} leaks`);
    if (only !== undefined) break;
  }
  return result;
}

class Run {
  constructor(result, seed, number, { binary, control, anyKeyOrder, behindCursors }) {
    Object.assign(this, { result, seed, number, binary, control, anyKeyOrder, behindCursors });
    this.twins = randomTwins(seed * 100_003 + number);
    this.random = generator(seed * 100_003 - number);
  }

  async world(budget) {
    this.pair = await Pair.start([this.binary, this.binary]);
    try {
      await this.settle();
      if (this.control) this.result.weakened += await this.control(this.pair, this.twins);
      else await this.checkGuards();
      await this.requests(budget);
    } finally {
      await this.pair.stop();
    }
  }

  async settle() {
    const { world, first, twin, guards, secrets, user } = this.twins;
    this.result.secrets += secrets;
    const made = await this.pair.create(world.collections, [first, twin]);
    for (const { name } of world.collections) {
      const { listRule, viewRule, updateRule, deleteRule } = guards[name];
      const rules = {
        listRule: listRule.raw, viewRule: viewRule.raw, updateRule: updateRule.raw,
        deleteRule: deleteRule.raw,
      };
      const answers = await this.pair.asSuperuser("PATCH", `/api/collections/${name}`, rules);
      made.push(answers.map((answer) => ["rules", rules, answer]));
    }
    const failed = made.flat().find(([, , { status }]) => status >= 400);
    if (failed) {
      const [what, body, { text }] = failed;
      throw new Error(`world ${this.number}: ${what} ${JSON.stringify(body)}: ${text}`);
    }
    if (!await this.pair.signIn([user])) throw new Error("the account cannot sign in");
    const [{ name }] = world.collections;
    const path = `/api/collections/${name}/aggregate?count`;
    const [{ status }] = await this.pair.asSuperuser("GET", path);
    this.additions = status === 200;
  }

  /** Both servers let exactly those records be listed that the guards mean. */
  async checkGuards() {
    const { world, first, twin, user } = this.twins;
    for (const { name } of world.collections) {
      for (const persona of ["guest", user]) {
        const who = { id: persona.id ?? "" };
        const request = { kind: "list", persona, collection: name, paging: { perPage: 1000 } };
        const answers = await this.pair.ask(request);
        for (const [place, records] of [first, twin].entries()) {
          const listed = (answers[place].body.items ?? []).map(({ id }) => id).sort().join();
          const meant = this.twins.listable(name, records, who).sort().join();
          if (listed !== meant) {
            const { listRule } = world.rules[name];
            this.result.wrong.push({ name, persona, listRule, listed, meant });
          }
        }
      }
    }
  }

  async requests(budget) {
    const { world, user } = this.twins;
    const waiting = [];
    while (waiting.length < budget) {
      const persona = this.random.chance(30) ? "guest" : user;
      const request = randomRead(this.random, world, persona, this);
      // A random order differs between any two answers.
      if ((request.sort ?? []).some(({ text }) => text.includes("@random"))) continue;
      if (this.behindCursors && request.kind !== "pages") continue;
      waiting.push(request);
    }
    this.result.requests += waiting.length;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (waiting.length) await this.one(waiting.pop());
    }));
  }

  async one(request) {
    const differs = async (asked) => this.unequal(asked, await answersTo(this.pair, asked));
    const answers = await answersTo(this.pair, request);
    const { result } = this;
    const answered = `${request.kind} ${answers[0][0].status}`;
    result.statuses.set(answered, (result.statuses.get(answered) ?? 0) + 1);
    result.pages += answers[0].length - 1;
    // A second look leaves out what the clock changed in between.
    if (!this.unequal(request, answers) || !await differs(request)) return;
    const smallest = await shrink(request, differs, 30);
    this.leak(smallest, await answersTo(this.pair, smallest));
  }

  unequal({ fields }, answers) {
    const [first, second] = answers.map((pages) => pages
      .slice(this.behindCursors ? 1 : 0)
      .map((page) => whole(page, this.anyKeyOrder && fields.length > 0)).join("\n"));
    return first !== second;
  }

  leak(request, answers) {
    const { world, guards } = this.twins;
    this.result.leaks.push({
      seed: this.seed,
      world: this.number,
      channel: channelOf(request),
      crosses: crossed(request),
      collection: request.collection,
      persona: request.persona.id ? "user" : request.persona,
      request: decodeURIComponent(rendered(request).path.replaceAll("+", " ")),
      answers: answers.map((pages) =>
        pages.map(({ status, text }) => `${status} ${text.slice(0, 400)}`).join("\n    ")),
      guards: world.collections.map(({ name }) =>
        `${name}: ${guards[name].listRule.raw} | ${guards[name].viewRule.raw}`),
    });
  }
}

// Everything that the asker sees.
function whole({ status, headers, text, body }, anyKeyOrder) {
  const kept = Object.entries(headers).filter(([name]) => !VOLATILE.includes(name)).sort();
  return JSON.stringify([status, kept, anyKeyOrder ? sorted(body) : withoutCursor(text)]);
}

/** By what means something was learnt, of a request that was made as small as it can be. */
function channelOf({ kind, filter, sort, expand, fields }) {
  const parts = [
    filter && `filter${/_via_/.test(print(filter)) ? " back" : ""}`,
    sort?.length && "sort", expand?.length && "expand", fields?.length && "fields",
  ].filter(Boolean);
  return [kind, ...(parts.length ? parts : ["plain"])].join(" ");
}

function crossed({ filter, sort, expand }) {
  const texts = [filter ? print(filter) : "", ...(sort ?? []), ...(expand ?? [])].map(
    (part) => part.text ?? part);
  return texts.some((text) => /[a-z]\.[a-z]/i.test(String(text)));
}
