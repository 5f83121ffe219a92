// How meaningful the requests were: a run of refusals and empty lists would prove little.

import { operands } from "../generator/expression.mjs";

/** Counts what was asked and answered. */
export class Histogram {
  constructor() {
    this.counts = new Map();
  }

  count(name, by = 1) {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  of(name) {
    return this.counts.get(name) ?? 0;
  }

  share(name, whole) {
    return this.of(name) / Math.max(1, this.of(whole));
  }

  /** An answer to a request of the generator. */
  answered(request, { status, body }, world) {
    this.count("requests");
    this.count(`${request.kind}`);
    this.count(`status ${status}`);
    this.count(`${request.kind} ${status}`);
    this.count(request.persona.id ? "as users" : `as ${request.persona}`);
    const asked = [...(request.filter ? operands(request.filter) : []), ...(request.sort ?? []),
      ...(request.expand ?? [])];
    if (asked.some(({ crosses }) => crosses.length)) this.count("across relations");
    if (asked.some(({ crosses }) => crosses.length > 2)) this.count("across three or more");
    if (request.kind !== "list" || status !== 200) return;
    const amount = body.totalItems < 0 ? body.items.length : body.totalItems;
    if (amount === 0) this.count("lists that are empty");
    else if (amount >= world.records[request.collection].length) this.count("lists of everything");
    else this.count("lists of some");
  }

  /** Rules that were saved, and the names of those that were refused. */
  rules(rules, refused) {
    for (const action of Object.keys(rules)) {
      this.count("rules");
      if (refused.has(action)) this.count("rules refused");
    }
  }

  /** Lines to be read. */
  toString() {
    const percent = (name, whole) => `${(100 * this.share(name, whole)).toFixed(1)}%`;
    const lines = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => {
      const whole = { rules: "rules", "rules refused": "rules" }[name]
        ?? (name.startsWith("lists ") ? "list 200" : "requests");
      return `  ${name.padEnd(24)} ${String(count).padStart(7)}  ${percent(name, whole)}`;
    });
    return lines.join("\n");
  }
}
