/** What the compiler must accept and refuse; `npm run check` fails when a marked line compiles. */
import { expectTypeOf, test } from "vitest";
import { and, createClient, gt, type Query, type StoredRecord } from "../src/index.js";

interface Post {
  title: string;
  views: number;
  status: "draft" | "live";
  tags: string[];
}
interface Schema {
  posts: { record: Post; create: { title: string } };
}

test("fields, values and shapes are checked", () => {
  const posts = createClient<Schema>("http://server").from("posts");
  type Read<Q> = Q extends Query<Schema, "posts", infer R> ? R : never;
  expectTypeOf<Read<typeof posts>>().toEqualTypeOf<Post & StoredRecord>();
  const slim = posts.select("id", "title");
  expectTypeOf<Read<typeof slim>>().toEqualTypeOf<Pick<Post & StoredRecord, "id" | "title">>();

  posts.where((post) => and(post.status.is("live"), gt(post.views, 1), post.tags.is("x")));
  // @ts-expect-error: not one of the values
  posts.where((post) => post.status.is("gone"));
  // @ts-expect-error: not a field
  posts.where((post) => post.missing.is(1));
  // @ts-expect-error: not a number
  posts.where((post) => gt(post.views, "many"));
  // @ts-expect-error: not a field
  posts.orderBy("-missing");
  posts.orderBy("-views", "title");
  // @ts-expect-error: not a collection
  createClient<Schema>("http://server").from("missing");
  type Create = Parameters<typeof posts.create>[0];
  expectTypeOf<Create>().toEqualTypeOf<{ title: string }>();
  type Update = Parameters<typeof posts.update>[1];
  expectTypeOf<{ views: number }>().toExtend<Update>();
  expectTypeOf<{ views: string }>().not.toExtend<Update>();
});

test("without a schema any collection and field will do", () => {
  const things = createClient("http://server").from("things");
  things.where((thing) => and(thing.anything!.is(1), gt(thing.other!, "x"))).orderBy("-created");
});
