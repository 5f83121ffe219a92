/** The steps of a batch, as its body has them. */
import type { Body, Json } from "./call.ts";

/** One step. */
export interface Step {
  verb: "create" | "update" | "upsert" | "delete";
  collection: string;
  id?: string;
  body?: Body;
}

const VERBS = { POST: "create", PATCH: "update", PUT: "upsert", DELETE: "delete" } as const;

/** All steps; undefined where one of them is something else. */
export function stepsOf(body: Body | undefined): Step[] | undefined {
  const requests = body?.requests;
  if (!Array.isArray(requests)) return undefined;
  const steps = requests.map(stepOf);
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

function stepOf(request: Json): Step | undefined {
  if (!isObject(request)) return undefined;
  const { method, url, body } = request;
  const verb = VERBS[String(method) as keyof typeof VERBS] as Step["verb"] | undefined;
  const place = /^\/api\/collections\/([^/?#]+)\/records(?:\/([^/?#]+))?$/.exec(String(url));
  const named = verb === "update" || verb === "delete";
  if (!verb || !place?.[1] || named !== (place[2] !== undefined)) return undefined;
  try {
    const step: Step = { verb, collection: decodeURIComponent(place[1]) };
    if (place[2] !== undefined) step.id = decodeURIComponent(place[2]);
    if (verb !== "delete") step.body = isObject(body) ? body : {};
    return step;
  } catch {
    return undefined;
  }
}

function isObject(value: Json | undefined): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
