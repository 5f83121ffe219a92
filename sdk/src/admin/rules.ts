/** Trying rules out and running their saved tests: superusers only, and nothing is written. */
import type { RequestOptions, Transport } from "../transport.js";
import type { Rule } from "./collection.js";

/** What a rule decides about; `manage` and `auth` are of auth collections. */
export type RuleAction = "list" | "view" | "create" | "update" | "delete" | "manage" | "auth";

/** Who asks: a record of an auth collection, any superuser, or a guest. */
export type RulePrincipal = { collection: string; id: string } | "superuser" | null;

/** Who asks for what. */
export interface RuleAttempt {
  action: RuleAction;
  /** A guest when left out. */
  principal?: RulePrincipal;
  /** The id of the record that is asked for. */
  record?: string;
  /** What is submitted. */
  body?: Record<string, unknown>;
  query?: Record<string, unknown>;
  headers?: Record<string, unknown>;
}

/** A rule to try out. */
export interface RuleTrial extends RuleAttempt {
  /** Its collection, by name or id. */
  collection: string;
  /** The rule to try; the saved one when left out. */
  rule?: Rule;
  /** Whether the records that can be seen are counted; lists and views do unless it is false. */
  visible?: boolean;
}

/** A test that is saved in the `ruleTests` of a collection. */
export interface RuleTest extends RuleAttempt {
  name: string;
  expect: "allow" | "deny";
  /** How many records are expected to be seen. */
  visible?: number;
}

/** A value that a rule compared. */
export type ComparedValue = string | number | null;

/** A part of a rule with its answer. */
export interface RuleTrace {
  /** The text of the part. */
  expression: string;
  holds: boolean;
  /** The values of a comparison's sides; a side of many records has many. */
  left?: ComparedValue[];
  right?: ComparedValue[];
  /** The parts that this one is joined from. */
  parts?: RuleTrace[];
}

/** Where the candidates of a list come from. */
export interface PlanSource {
  /** Such as `scan`, `index range` or `relation`. */
  kind: string;
  index?: string;
  /** What holds for every candidate. */
  bounds?: string[];
  parts?: PlanSource[];
}

/** How a list is found. */
export interface ListPlan {
  source: PlanSource;
  /** What was begun before that and left off, with the reason. */
  givenUp: string[];
  from: "memory" | "store";
  order: "insertion" | "index" | "sorted" | "rank";
  /** Whether rule and filter were asked of each candidate. */
  filter: boolean;
  cursor: "sought" | "passed over" | null;
  indexEntries: number;
  candidates: number;
  relatedRecords: number;
  microseconds: number;
  /** The columns, as `CREATE INDEX` has them, of an index that would have spared most of it. */
  missingIndex?: string[];
}

/** What a rule said. */
export interface RuleVerdict {
  allowed: boolean;
  /** A superuser asks: the rule decides nothing. */
  skipped: boolean;
  /** The rule that was asked. */
  rule: Rule;
  /** Why; null where no record was judged or the rule has no parts. */
  trace: RuleTrace | null;
  /** For list and view: how many records can be seen, and some of them as they are seen. */
  visible: { totalItems: number; items: (Record<string, unknown> & { id: string })[] } | null;
  /** Of a list whose records were counted: how a list by this rule is found. */
  plan: ListPlan | null;
}

/** What a saved test said. */
export interface RuleTestResult {
  collection: string;
  name: string;
  passed: boolean;
  expect: "allow" | "deny";
  /** Null where the rule could not be asked. */
  allowed: boolean | null;
  skipped: boolean;
  visible: number | null;
  /** Why it failed. */
  reason: string | null;
  trace: RuleTrace | null;
}

/** What the saved tests said. */
export interface RuleRun {
  passed: number;
  failed: number;
  results: RuleTestResult[];
}

const ROOT = "/api/rules";

/** The rules of a server. */
export class Rules {
  constructor(private readonly transport: Transport) {}

  /** Says what a rule, saved or not, answers to somebody's request, and why. */
  test(trial: RuleTrial, options: RequestOptions = {}): Promise<RuleVerdict> {
    return this.transport.send(`${ROOT}/test`, { ...options, method: "POST", body: trial });
  }

  /** Runs the saved tests of one collection, by its name or id, or of all. */
  run(collection?: string, options: RequestOptions = {}): Promise<RuleRun> {
    const body = { collection };
    return this.transport.send(`${ROOT}/run`, { ...options, method: "POST", body });
  }
}
