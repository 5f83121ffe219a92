/** What a batch sends, and what it makes of a refusal. */
import { expect, expectTypeOf, test } from "vitest";
import { batch, BatchError } from "../src/batch/index.js";
import { createClient, isForbidden, isValidation, safe, type StoredRecord } from "../src/index.js";

interface Schema {
  posts: { record: { title: string; cover: string } };
}

function client(answer: Response) {
  const seen: { body: unknown; headers: Headers }[] = [];
  const fetcher: typeof fetch = async (_, init) => {
    seen.push({ body: init?.body, headers: new Headers(init?.headers) });
    return answer;
  };
  return { db: createClient<Schema>("http://server", { fetch: fetcher }), seen };
}

test("steps are one request, and their results keep their types", async () => {
  const answers = [{ status: 200, body: { id: "1", title: "a" } }, { status: 204, body: null }];
  const { db, seen } = client(Response.json(answers));
  const run = () =>
    batch(db, (on) => [on("posts").create({ title: "a" }), on("posts").delete("x/y")], {
      idempotencyKey: "k",
    });
  const [post, gone] = await run();
  expectTypeOf(post).toEqualTypeOf<Schema["posts"]["record"] & StoredRecord>();
  expectTypeOf(gone).toEqualTypeOf<null>();
  expect([post.title, gone]).toEqual(["a", null]);
  expect(JSON.parse(String(seen[0]?.body))).toEqual({
    requests: [
      { method: "POST", url: "/api/collections/posts/records", body: { title: "a" } },
      { method: "DELETE", url: "/api/collections/posts/records/x%2Fy" },
    ],
  });
  expect(seen[0]?.headers.get("idempotency-key")).toBe("k");
});

test("files are parts that name their step", async () => {
  const { db, seen } = client(Response.json([{ body: {} }, { body: {} }]));
  const file = new File(["x"], "x.txt");
  await batch(db, (on) => [
    on("posts").upsert({ id: "1", title: "a" }),
    on("posts").update("1", { cover: file }),
  ]);
  const form = seen[0]?.body as FormData;
  expect([...form.keys()].sort()).toEqual(["@jsonPayload", "requests.1.cover"]);
  const { requests } = JSON.parse(String(form.get("@jsonPayload")));
  expect(requests).toMatchObject([{ method: "PUT", body: { id: "1" } }, { method: "PATCH" }]);
  expect(requests[1].body).toEqual({});
});

test("a refusal says which step, and why", async () => {
  const response = {
    status: 400,
    message: "Failed.",
    data: { title: { code: "validation_required", message: "Cannot be blank." } },
  };
  const problem = { code: "batch_request_failed", message: "Batch request failed.", response };
  const body = { status: 400, message: "Batch failed.", data: { requests: { 1: problem } } };
  const { db } = client(Response.json(body, { status: 400, headers: { "X-Request-Id": "r" } }));
  const { error } = await safe(batch(db, (on) => [on("posts").delete("1")]));
  expect(error).toBeInstanceOf(BatchError);
  const refused = error as BatchError;
  expect([refused.step, refused.code, refused.requestId]).toEqual([1, "batch", "r"]);
  expect(isValidation(refused.reason) && refused.fields.title?.code).toBe("validation_required");
});

test("another failure is what it is", async () => {
  const { db } = client(Response.json({ message: "Off." }, { status: 403 }));
  const { error } = await safe(batch(db, (on) => [on("posts").delete("1")]));
  expect(isForbidden(error)).toBe(true);
});
