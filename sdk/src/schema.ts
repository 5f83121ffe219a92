/**
 * The types that turn one generic argument into typed collections.
 *
 * A schema names each collection and its record; `create` and `update` may narrow what is sent,
 * and `relations` says where `expand` leads, with a list where it leads to several:
 * `interface Schema { posts: { record: Post; create: NewPost; relations: { author: "users";
 * comments_via_post: ["comments"] } } }`.
 */

/** What the server adds to every record. */
export interface StoredRecord {
  id: string;
  collectionId: string;
  collectionName: string;
}

/** What a schema says of one collection. */
export interface CollectionShape {
  record: object;
  create?: object;
  update?: object;
  relations?: object;
}

/** The schema of a client that was given none: any collection, any field. */
export type AnySchema = Record<string, { record: Record<string, any> }>;

/** A schema as the generic argument of a client. */
export type SchemaLike<S> = { [C in keyof S]: CollectionShape };

/** A record as it is read from collection `C`. */
export type RecordOf<S extends SchemaLike<S>, C extends keyof S> = S[C]["record"] & StoredRecord;

/** The body that creates a record of collection `C`. */
export type CreateOf<S extends SchemaLike<S>, C extends keyof S> = S[C] extends {
  create: infer Body extends object;
}
  ? Body
  : Writable<S[C]["record"]>;

/** The body that changes a record of collection `C`. */
export type UpdateOf<S extends SchemaLike<S>, C extends keyof S> = S[C] extends {
  update: infer Body extends object;
}
  ? Body
  : Writable<S[C]["record"]>;

/** The relations of collection `C`, forwards and backwards (`comments_via_post`). */
type RelationsOf<S extends SchemaLike<S>, C extends keyof S> = S[C] extends {
  relations: infer Relations extends object;
}
  ? Relations
  : AnyRelations;
type AnyRelations = Record<string, any>;

/** A path for `expand`: relations of the schema, and theirs behind a point. */
export type ExpandPath<S extends SchemaLike<S>, C extends keyof S> =
  | (keyof RelationsOf<S, C> & string)
  | `${keyof RelationsOf<S, C> & string}.${string}`;

/** What `expand` adds to a record of collection `C`. Whatever may not be seen is left out. */
export interface Expanded<S extends SchemaLike<S>, C extends keyof S, P extends string> {
  expand?: {
    [H in Head<P>]?: H extends keyof RelationsOf<S, C>
      ? Related<S, RelationsOf<S, C>[H], Tail<P, H>>
      : any;
  };
}

type Head<P extends string> = P extends `${infer H}.${string}` ? H : P;
type Tail<P extends string, H extends string> = P extends `${H}.${infer Rest}` ? Rest : never;
type Related<S extends SchemaLike<S>, To, P extends string> = 0 extends 1 & To
  ? any
  : To extends readonly [infer One]
    ? Related<S, One, P>[]
    : To extends keyof S
      ? RecordOf<S, To> & ([P] extends [never] ? unknown : Expanded<S, To, P>)
      : any;

/** Every field may be left out, and a file field takes files where it reads names. */
type Writable<R> = { [F in keyof R]?: R[F] | Blob | Blob[] } & { id?: string };
