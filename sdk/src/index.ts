/** The core entry point: records and sign-in. Administration is in `@luge/client/admin`. */
export { Client, createClient, type ClientOptions } from "./client.js";
export { AuthCollection, type AuthMethods, type PasswordOptions } from "./auth.js";
export {
  AbortedError,
  AuthError,
  ConflictError,
  ForbiddenError,
  LugeError,
  MfaRequiredError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  TimeoutError,
  ValidationError,
  isAborted,
  isAuth,
  isConflict,
  isForbidden,
  isLuge,
  isNetwork,
  isNotFound,
  isRateLimit,
  isTimeout,
  isValidation,
  safe,
  type FieldProblem,
  type Outcome,
} from "./errors.js";
export {
  Filter,
  and,
  anyOf,
  contains,
  distance,
  each,
  endsWith,
  eq,
  filter,
  gt,
  gte,
  lengthOf,
  lower,
  lt,
  lte,
  ne,
  notContains,
  notIn,
  or,
  startsWith,
  type Comparison,
  type Fields,
  type FieldPath,
  type FilterValue,
} from "./filter.js";
export { Realtime, type RealtimeState, type TopicOptions } from "./realtime.js";
export { latest } from "./latest.js";
export {
  Query,
  type Asked,
  type BulkOptions,
  type Change,
  type CreateOptions,
  type Hit,
  type Page,
  type PageOptions,
  type SearchOptions,
  type Slice,
  type SortKey,
  type SubscribeOptions,
  type WriteOptions,
} from "./query.js";
export type { Aggregation, Group } from "./aggregate.js";
export type {
  AnySchema,
  CreateOf,
  Expanded,
  RecordOf,
  StoredRecord,
  UpdateOf,
} from "./schema.js";
export { Session, type SignedIn } from "./session.js";
export { Sessions, type HolderOptions, type OpenSession, type SignIn } from "./sessions.js";
export { localStore, memoryStore, type AuthStore } from "./stores.js";
export { tagOf, type RequestOptions } from "./transport.js";
