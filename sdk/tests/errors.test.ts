import { describe, expect, test } from "vitest";
import { createClient, LugeError, ValidationError } from "../src/index.js";
import * as guards from "../src/errors.js";

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return createClient("http://server", {
    fetch: async () => new Response(text, { status, headers }),
  });
}

async function failure(work: Promise<unknown>): Promise<LugeError> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(LugeError);
  return error as LugeError;
}

const problem = { code: "validation_required", message: "Cannot be blank." };

describe("each status has its class", () => {
  test.each([
    [400, { title: problem }, "isValidation", "validation"],
    [400, {}, undefined, "bad_request"],
    [401, {}, "isAuth", "auth"],
    [403, {}, "isForbidden", "forbidden"],
    [404, {}, "isNotFound", "not_found"],
    [409, {}, "isConflict", "conflict"],
    [413, {}, undefined, "too_large"],
    [429, {}, "isRateLimit", "rate_limit"],
    [500, {}, undefined, "server"],
    [503, {}, undefined, "server"],
  ] as const)("%i %j", async (status, data, guard, code) => {
    const client = answering(status, { data, message: "No.", status });
    const error = await failure(client.from("posts").get("x"));
    expect(error).toMatchObject({ code, status, message: "No." });
    const kinds = [
      "isValidation",
      "isAuth",
      "isForbidden",
      "isNotFound",
      "isConflict",
      "isRateLimit",
      "isNetwork",
      "isAborted",
      "isTimeout",
    ] as const;
    expect(kinds.filter((kind) => guards[kind](error))).toEqual(guard ? [guard] : []);
  });
});

test("nested problems become paths, and keep their parameters", async () => {
  const data = { name: problem, fields: { 1: { name: { ...problem, params: { max: 3 } } } } };
  const error = await failure(answering(400, { data }).from("posts").create({}));
  expect(error).toBeInstanceOf(ValidationError);
  expect(Object.keys(error.fields).sort()).toEqual(["fields.1.name", "name"]);
  expect(error.fields["fields.1.name"]?.params).toEqual({ max: 3 });
});

test("the request id and the wait come from the headers", async () => {
  const client = answering(429, {}, { "x-request-id": "r1", "retry-after": "7" });
  expect(await failure(client.from("posts").page())).toMatchObject({
    requestId: "r1",
    retryAfter: 7,
  });
});

test.each(["<html>", "", "null", "[]", '"text"'])(
  "an error page %j is still an error",
  async (body) => {
    const error = await failure(answering(502, body).from("posts").page());
    expect(error).toMatchObject({ code: "server", status: 502, fields: {} });
    expect(error.message).toContain("502");
  },
);

test("a page that is not the API is not taken for an answer", async () => {
  const error = await failure(answering(200, "<html>").from("posts").page());
  expect(error.code).toBe("not_json");
});

test("refused credentials are an AuthError", async () => {
  const client = answering(400, { data: {}, message: "Failed to authenticate.", status: 400 });
  const error = await failure(client.auth("users").password("a@b.c", "wrong"));
  expect(guards.isAuth(error)).toBe(true);
  expect(client.session.current).toBeNull();
});

describe("without an answer", () => {
  const silent: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      const stop = () => reject(new DOMException("stopped", "AbortError"));
      if (init?.signal?.aborted) stop();
      init?.signal?.addEventListener("abort", stop);
    });

  test("the server is gone", async () => {
    const client = createClient("http://server", {
      fetch: async () => {
        throw new TypeError("fetch failed");
      },
    });
    const error = await failure(client.from("posts").page());
    expect(guards.isNetwork(error)).toBe(true);
    expect(error.status).toBeUndefined();
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  test("the caller stops it, before or during", async () => {
    const client = createClient("http://server", { fetch: silent });
    const before = client.from("posts").page(1, 1, { signal: AbortSignal.abort() });
    expect(guards.isAborted(await failure(before))).toBe(true);
    const controller = new AbortController();
    const during = client.from("posts").page(1, 1, { signal: controller.signal });
    controller.abort();
    expect(guards.isAborted(await failure(during))).toBe(true);
  });

  test("time runs out", async () => {
    const client = createClient("http://server", { fetch: silent, timeout: 5 });
    expect(guards.isTimeout(await failure(client.from("posts").page()))).toBe(true);
  });

  test("two equal requests do not cancel each other", async () => {
    let calls = 0;
    const client = createClient("http://server", {
      fetch: async () => {
        calls += 1;
        return new Response('{"items":[]}');
      },
    });
    await Promise.all([client.from("posts").page(), client.from("posts").page()]);
    expect(calls).toBe(2);
  });
});

test("an empty id never reaches the collection", async () => {
  let calls = 0;
  const client = createClient("http://server", {
    fetch: async () => {
      calls += 1;
      return new Response("{}");
    },
  });
  const posts = client.from("posts");
  for (const work of [posts.get(""), posts.delete(""), posts.update("", {})]) {
    expect(guards.isNotFound(await failure(work))).toBe(true);
  }
  expect(calls).toBe(0);
});
