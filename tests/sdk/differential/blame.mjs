// Finds out what a difference is due to: the smallest request, and the smallest rule, that still
// show it. While it looks, nothing else may ask the servers, since it changes rules and records.

import { print } from "../generator/expression.mjs";
import { shrink, shrinkNode } from "../generator/shrink.mjs";
import { comparable } from "./compare.mjs";

const ACTIONS = {
  list: "listRule", view: "viewRule", create: "createRule", update: "updateRule",
};

/** Asks a pair of servers again and again; rules are as they were when it is done. */
export class Blame {
  constructor(pair, model) {
    Object.assign(this, { pair, model });
  }

  /** Whether the answers differ. */
  async differs(request) {
    const answers = await this.pair.ask(request);
    return !same(request, answers);
  }

  /** A read as `{ request, answers, action, rule }`; undefined where it differs no more. */
  async read(request) {
    if (!await this.differs(request)) return undefined;
    const smallest = await shrink(request, (smaller) => this.differs(smaller));
    return this.withSmallerRule(smallest, () => this.differs(smallest));
  }

  /** A write that was judged differently; `before` is the record as it was. */
  async write(request, before, answers) {
    const again = async (asked) => {
      await this.reset(asked, before);
      const given = await this.pair.ask(asked);
      this.answers = given;
      return !same(asked, given);
    };
    if (!ACTIONS[request.kind] || !await again(request)) return { request, answers };
    const smallest = await shrink(request, again);
    const found = await this.withSmallerRule(smallest, () => again(smallest));
    return { ...found, answers: this.answers };
  }

  /** A rule `{ node, answers }` that one server refuses. */
  async rule(collection, action, node) {
    const path = `/api/collections/${collection}`;
    const differs = async (candidate) => {
      this.answers = await this.pair.asSuperuser("PATCH", path, { [action]: print(candidate) });
      return this.answers[0].status !== this.answers[1].status;
    };
    const smallest = await differs(node) ? await shrinkNode(node, differs) : node;
    await differs(smallest);
    return { node: smallest, answers: this.answers };
  }

  async withSmallerRule(request, differs) {
    const action = ACTIONS[request.kind];
    const whole = this.model.rules[request.collection][action];
    if (!whole || request.persona === "superuser") {
      await differs();
      return { request, answers: await this.seen(request), action, rule: whole };
    }
    const path = `/api/collections/${request.collection}`;
    const set = (node) => this.pair.asSuperuser("PATCH", path, { [action]: print(node) });
    const rule = await shrinkNode(whole, async (candidate) => {
      const [ours, theirs] = await set(candidate);
      return ours.status === 200 && theirs.status === 200 && differs();
    });
    await set(rule);
    await differs();
    const answers = await this.seen(request);
    await set(whole);
    return { request, answers, action, rule };
  }

  // Reads can be seen again; what a write answered was kept.
  seen(request) {
    return ["list", "view"].includes(request.kind) ? this.pair.ask(request) : this.answers;
  }

  // Before a write is tried again, both have what they had before it: a create with an id that was
  // taken has done nothing.
  async reset({ kind, collection, id, body }, before) {
    const path = `/api/collections/${collection}/records`;
    const made = kind === "create" && !before;
    if (made) await this.pair.asSuperuser("DELETE", `${path}/${body.id}`);
    if (kind === "update" && before) await this.pair.asSuperuser("PATCH", `${path}/${id}`, before);
  }
}

/** Whether two answers are the same. */
export function same(request, answers) {
  const [ours, theirs] = answers.map((answer) => comparable(request, answer));
  return ours === theirs;
}
