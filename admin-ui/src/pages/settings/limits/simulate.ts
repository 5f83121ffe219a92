/**
 * What limits of requests would have refused of requests that were logged, counted as the server
 * counts: by the first rule that applies, for each client in a window that begins with its first
 * request. A request that is refused does not count.
 */
import type { Collection, RateLimitRule } from "@luge/client/admin";
import { labelsOf, ruleFor, type Named } from "./labels.ts";
import { clientOf, isInAny } from "./network.ts";

/** A request as the log has it. */
export interface Logged extends Named {
  /** When it came, in milliseconds since 1970. */
  at: number;
  /** The auth collection of who was signed in; empty for a guest. */
  auth: string;
  /** The address of the client; empty where addresses are not logged. */
  address: string;
  /** What it is called in words: its method and its route. */
  route: string;
}

export interface Limits {
  rules: RateLimitRule[];
  excludedIPs: string[];
}

/** What became of requests. */
export interface Amount {
  requests: number;
  refused: number;
}

/** What a rule would have done. */
export interface RuleOutcome extends Amount {
  /** The routes that it is about, those most refused first. */
  routes: (Amount & { route: string })[];
}

export interface Outcome extends Amount {
  /** Those of superusers and of addresses without limits, which nothing refuses. */
  free: number;
  /** Those whose client is not known. */
  unknown: number;
  /** For each rule, in their order. */
  rules: RuleOutcome[];
}

const SUPERUSERS = "_superusers";

/** What limits would have refused. */
export function simulate(
  { rules, excludedIPs }: Limits,
  requests: readonly Logged[],
  collections: readonly Pick<Collection, "id" | "name">[],
): Outcome {
  const told = rules.map(() => new Tally());
  const windows = new Windows();
  const outcome = { requests: requests.length, refused: 0, free: 0, unknown: 0 };
  for (const request of requests.toSorted((one, other) => one.at - other.at)) {
    const client = clientOf(request.address);
    if (request.auth === SUPERUSERS || isInAny(excludedIPs, request.address)) outcome.free += 1;
    else if (client === undefined) outcome.unknown += 1;
    else {
      const { all, apart } = labelsOf(request, collections);
      const at = ruleFor(rules, all, request.auth !== "");
      const rule = rules[at];
      if (rule === undefined) continue;
      const fits = windows.count(rule, `${at} ${apart} ${client}`, request.at);
      told[at]?.add(request.route, fits);
      if (!fits) outcome.refused += 1;
    }
  }
  return { ...outcome, rules: told.map((tally) => tally.outcome) };
}

/** How often a client asked lately. */
export class Windows {
  private readonly open = new Map<string, { ends: number; requests: number }>();

  /** Counts a request; whether it fits. A rule that is not finished limits nothing. */
  count({ duration, maxRequests }: RateLimitRule, counted: string, now: number): boolean {
    if (!(duration > 0 && maxRequests > 0)) return true;
    let window = this.open.get(counted);
    if (window === undefined || now >= window.ends) {
      window = { ends: now + duration * 1_000, requests: 0 };
      this.open.set(counted, window);
    }
    if (window.requests >= maxRequests) return false;
    window.requests += 1;
    return true;
  }
}

/** What is told of one rule. */
class Tally {
  private readonly byRoute = new Map<string, Amount>();

  add(route: string, fits: boolean): void {
    const amount = this.byRoute.get(route) ?? { requests: 0, refused: 0 };
    amount.requests += 1;
    if (!fits) amount.refused += 1;
    this.byRoute.set(route, amount);
  }

  get outcome(): RuleOutcome {
    const routes = [...this.byRoute]
      .map(([route, amount]) => ({ route, ...amount }))
      .toSorted((one, other) => other.refused - one.refused || other.requests - one.requests);
    const sum = (part: keyof Amount) => routes.reduce((all, route) => all + route[part], 0);
    return { requests: sum("requests"), refused: sum("refused"), routes };
  }
}
