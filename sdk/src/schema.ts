/**
 * The types that turn one generic argument into typed collections.
 *
 * A schema names each collection and its record; `create` and `update` may narrow what is sent:
 * `interface Schema { posts: { record: Post; create: NewPost } }`.
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

/** Every field may be left out, and a file field takes files where it reads names. */
type Writable<R> = { [F in keyof R]?: R[F] | Blob | Blob[] } & { id?: string };
