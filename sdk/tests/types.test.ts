/** What the compiler must accept and refuse; `npm run check` fails when a marked line compiles. */
import { expectTypeOf, test } from "vitest";
import {
  and,
  anyOf,
  createClient,
  eq,
  gt,
  lengthOf,
  lower,
  type Query,
  type StoredRecord,
} from "../src/index.js";

interface Post {
  title: string;
  views: number;
  status: "draft" | "live";
  tags: string[];
}
interface User {
  name: string;
}
interface Comment {
  text: string;
}
interface Schema {
  posts: {
    record: Post;
    create: { title: string };
    relations: { author: "users"; comments_via_post: ["comments"] };
  };
  users: { record: User };
  comments: { record: Comment; relations: { author: "users" } };
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

test("what expand adds has the types of the schema", async () => {
  const posts = createClient<Schema>("http://server").from("posts");
  type Read<Q> = Q extends Query<Schema, "posts", infer R> ? R : never;
  const full = posts.expand("author", "comments_via_post.author");
  type Added = NonNullable<Read<typeof full>["expand"]>;
  expectTypeOf<NonNullable<Added["author"]>["name"]>().toEqualTypeOf<string>();
  type Comments = NonNullable<Added["comments_via_post"]>;
  expectTypeOf<Comments[number]["text"]>().toEqualTypeOf<string>();
  type Author = NonNullable<NonNullable<Comments[number]["expand"]>["author"]>;
  expectTypeOf<Author["name"]>().toEqualTypeOf<string>();
  // @ts-expect-error: not a relation
  posts.expand("title");
  const slim = full.select("title");
  expectTypeOf<Read<typeof slim>["title"]>().toEqualTypeOf<string>();
  expectTypeOf<NonNullable<Read<typeof slim>["expand"]>["author"]>().toEqualTypeOf<
    Added["author"]
  >();
  expectTypeOf<"views" extends keyof Read<typeof slim> ? true : false>().toEqualTypeOf<false>();
});

test("groups have the columns that were asked for", () => {
  const posts = createClient<Schema>("http://server").from("posts");
  const ask = () => posts.aggregate({ group: ["status", "created:month"], sum: ["views"] });
  type One = Awaited<ReturnType<typeof ask>>["items"][number];
  expectTypeOf<One["group"]["status"]>().toEqualTypeOf<"draft" | "live" | null>();
  expectTypeOf<One["group"]["created:month"]>().toEqualTypeOf<unknown>();
  expectTypeOf<One["sum"]["views"]>().toEqualTypeOf<number | null>();
  expectTypeOf<One["count"]>().toEqualTypeOf<number>();
  expectTypeOf<"avg" extends keyof One ? true : false>().toEqualTypeOf<false>();
  // @ts-expect-error: not a field
  const refused = () => posts.aggregate({ sum: ["missing"] });
  void refused;
});

test("fields compare with fields and what is made of them", () => {
  createClient<Schema>("http://server")
    .from("posts")
    .where((post) => and(eq(lower(post.title), "x"), gt(lengthOf(post.tags), 2)))
    .where((post) => anyOf(post.tags, "a", "!="))
    .where((post) => post.title.is(post.title));
  createClient<Schema>("http://server")
    .from("posts")
    // @ts-expect-error: a number is no text
    .where((post) => gt(lengthOf(post.tags), "many"));
});

test("without a schema any collection and field will do", () => {
  const things = createClient("http://server").from("things");
  things.where((thing) => and(thing.anything!.is(1), gt(thing.other!, "x"))).orderBy("-created");
});
