// Worlds, requests and rules on two servers, until enough pairs of answers were compared.

import { print } from "../generator/expression.mjs";
import { generator } from "../generator/random.mjs";
import { randomRequest, rendered } from "../generator/requests.mjs";
import { ACTIONS, randomRule, randomRules } from "../generator/rules.mjs";
import { askable } from "../generator/schema.mjs";
import { randomWorld } from "../generator/world.mjs";
import { Blame, same } from "./blame.mjs";
import { described } from "./compare.mjs";
import { explanation } from "./differences.mjs";
import { Histogram } from "./histogram.mjs";
import { Pair } from "../pair.mjs";

const PAIRS_OF_A_WORLD = 1000;
const AT_ONCE = 8;
const RULES_CHANGE_EVERY = 30;

/**
 * Compares `pairs` answers of `binaries`; `only` runs one world of a seed, and a `control` makes
 * the second server another one, which must be noticed. The result is
 * `{ pairs, differences, explained, histogram }`.
 */
export async function differential(options) {
  const { pairs, seed, only, perWorld = PAIRS_OF_A_WORLD, log = () => {} } = options;
  const result = { pairs: 0, differences: [], explained: new Map(), histogram: new Histogram() };
  for (let number = only ?? 1; result.pairs < pairs; number++) {
    const budget = Math.min(perWorld, pairs - result.pairs);
    await new Run(result, seed, number).world(options, budget);
    log(`world ${number}: ${result.pairs} pairs, ${result.differences.length} differences`);
    if (only !== undefined) break;
  }
  return result;
}

class Run {
  constructor(result, seed, number) {
    Object.assign(this, { result, seed, number });
    this.random = generator(seed * 100_003 + number);
  }

  async world({ binaries, control }, budget) {
    this.model = randomWorld(this.random);
    this.pair = await Pair.start(binaries);
    this.blame = new Blame(this.pair, this.model);
    this.suspects = [];
    try {
      if (!await this.settle()) {
        // Its share of the run is spent.
        this.result.pairs += budget;
        return;
      }
      await control?.(this.pair, this.model);
      await this.requests(budget);
    } finally {
      await this.pair.stop();
    }
  }

  /** Schema, records, rules and accounts; false where the two are not the same already. */
  async settle() {
    const { collections, records } = this.model;
    const [first, second] = await this.pair.create(collections, [records, records]);
    for (const [at, [what, body, answer]] of first.entries()) {
      const answers = [answer, second[at][2]];
      // Definitions carry times and mail templates.
      const equal = what === "collection" || what === "fields"
        ? answers[0].status === answers[1].status : same({ kind: what }, answers);
      if (!equal) {
        this.different({ request: { kind: what, body }, answers });
        return false;
      }
    }
    for (const collection of collections) {
      await this.setRules(collection, randomRules(this.random, this.model, collection));
    }
    const accounts = collections.filter(({ type }) => type === "auth").flatMap(({ name }) =>
      records[name].slice(0, 3).map(({ id, email }) => ({ collection: name, id, email })));
    this.model.signedIn = this.random.sample(accounts, 4);
    if (await this.pair.signIn(this.model.signedIn)) return true;
    throw new Error(`world ${this.number}: the accounts cannot sign in`);
  }

  /** Saves rules on both; those that are refused become "". */
  async setRules(collection, rules) {
    const path = `/api/collections/${collection.name}`;
    const texts = Object.fromEntries(Object.entries(rules).map(([action, rule]) =>
      [action, rule && print(rule)]));
    const answers = await this.pair.asSuperuser("PATCH", path, texts);
    const refused = answers.map(({ status, body }) =>
      status === 400 ? Object.keys(body?.data ?? {}).sort().join() : "");
    if (refused[0] !== refused[1]) {
      for (const action of Object.keys(rules)) {
        const said = refused.map((names) => names.split(",").includes(action));
        if (said[0] !== said[1]) {
          await this.ruleDiffers(collection.name, action, rules[action], answers);
        }
      }
    }
    const names = new Set(refused.flatMap((list) => list.split(",")));
    const kept = Object.fromEntries(Object.entries(rules).map(([action, rule]) =>
      [action, names.has(action) ? fallback(action) : rule]));
    this.result.histogram.rules(kept, names);
    if (names.size > 1 || !names.has("")) return this.setRules(collection, kept);
    Object.assign(this.model.rules[collection.name], kept);
    return undefined;
  }

  async ruleDiffers(collection, action, rule, answers) {
    const request = { kind: "rules", collection, rule };
    const entry = explanation(request, this.model, answers);
    if (entry) return this.explain(entry);
    const found = await this.blame.rule(collection, action, rule);
    this.different({ request, answers: found.answers, action, rule: found.node });
  }

  async requests(budget) {
    const { random, model, result } = this;
    let waiting = [];
    const flush = async () => {
      await atOnce(waiting, (request) => this.read(request));
      waiting = [];
      await this.blameReads();
    };
    for (let count = 1; count <= budget; count++) {
      if (count % RULES_CHANGE_EVERY === 0) {
        await flush();
        const collection = random.pick(model.collections);
        const action = random.pick(ACTIONS);
        await this.setRules(collection, {
          [action]: randomRule(random, model, collection, action),
        });
      }
      const request = randomRequest(random, model);
      result.pairs++;
      if (["list", "view"].includes(request.kind)) {
        waiting.push(request);
        continue;
      }
      await flush();
      if (!await this.write(request)) return;
    }
    await flush();
  }

  async read(request) {
    const answers = await this.pair.ask(request);
    this.result.histogram.answered(request, answers[1], this.model);
    if (same(request, answers)) return;
    const entry = explanation(request, this.model, answers);
    if (entry) this.explain(entry);
    else this.suspects.push(request);
  }

  // What the clock changed between two answers is not found a second time.
  async blameReads() {
    for (const request of this.suspects.splice(0)) {
      const found = await this.blame.read(request);
      if (found) this.different(found);
    }
  }

  /** Sends a write; false where the two are no longer the same. */
  async write(request) {
    const { kind, collection, id = request.body?.id } = request;
    const before = kind === "delete" ? undefined : await this.stored(collection, id);
    const answers = await this.pair.ask(request);
    this.result.histogram.answered(request, answers[1], this.model);
    if (same(request, answers)) {
      await this.remember(request, answers[1]);
      return true;
    }
    const entry = explanation(request, this.model, answers);
    if (entry) this.explain(entry);
    else this.different(await this.blame.write(request, before, answers));
    return this.undone(request, before, answers);
  }

  /** Undoes a write that only one server may have done; false where that cannot be. */
  async undone(request, before, answers) {
    if (request.kind === "delete") return answers[0].status === answers[1].status;
    await this.blame.reset(request, before);
    const id = request.id ?? request.body.id;
    const [ours, theirs] = await this.pair.asSuperuser("GET", recordPath(request.collection, id));
    return ours.status === theirs.status && (ours.status !== 200 || ours.text === theirs.text);
  }

  /** The fields of a record, as both servers have them. */
  async stored(collection, id) {
    const [{ status, body }] = await this.pair.asSuperuser("GET", recordPath(collection, id));
    if (status !== 200) return undefined;
    const names = askable(this.model.of(collection)).map(({ name }) => name);
    return Object.fromEntries(names.map((name) => [name, body[name]]));
  }

  // New records are asked for too, and what is gone is not referred to.
  async remember({ kind, collection, id, body }, { status }) {
    const { records, signedIn } = this.model;
    if (kind === "create" && status === 200) records[collection].push(body);
    if (kind !== "delete" || status !== 204) return;
    records[collection] = records[collection].filter((record) => record.id !== id);
    // Accounts that were deleted along with it are guests from now on.
    for (const account of signedIn) {
      account.gone = await this.stored(account.collection, account.id) === undefined;
    }
  }

  explain(entry) {
    const { explained } = this.result;
    explained.set(entry, (explained.get(entry) ?? 0) + 1);
  }

  different({ request, answers, action, rule }) {
    const { collections, rules } = this.model;
    this.result.differences.push({
      seed: this.seed,
      world: this.number,
      kind: request.kind,
      persona: request.persona,
      request: request.persona ? rendered(request) : { body: request.body },
      node: request.filter ?? (rule || undefined),
      action,
      rule: rule ? print(rule) : rule,
      ...described(request, answers),
      schema: collections.map((collection) => outline(collection, rules[collection.name])),
    });
  }
}

function recordPath(collection, id) {
  return `/api/collections/${collection}/records/${id}`;
}

function fallback(action) {
  return action === "manageRule" ? null : "";
}

function outline({ name, type, fields }, rules) {
  const field = ({ name: label, type: kind, target, maxSelect, hidden, unique, cascadeDelete }) =>
    [`${label} ${kind}`, target && `-> ${target}`, maxSelect > 1 && `x${maxSelect}`,
      hidden && "hidden", unique && "unique", cascadeDelete && "cascade"].filter(Boolean).join(" ");
  const texts = Object.entries(rules).map(([action, rule]) =>
    `${action} = ${rule ? print(rule) : JSON.stringify(rule)}`);
  return `${name} (${type}): ${fields.map(field).join(", ")}\n      ${texts.join("\n      ")}`;
}

async function atOnce(list, work) {
  const left = [...list].reverse();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left.length) await work(left.pop());
  }));
}

