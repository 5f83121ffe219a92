/** The core entry point: records and sign-in. Administration is in `@luge/client/admin`. */
export { Client, createClient, type ClientOptions } from "./client.js";
export { AuthCollection, type AuthMethods, type PasswordOptions } from "./auth.js";
export {
  AbortedError,
  AuthError,
  ConflictError,
  ForbiddenError,
  LugeError,
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
  type FieldProblem,
} from "./errors.js";
export {
  Filter,
  and,
  anyOf,
  contains,
  eq,
  filter,
  gt,
  gte,
  lt,
  lte,
  ne,
  notContains,
  or,
  type Fields,
  type FieldPath,
  type FilterValue,
} from "./filter.js";
export { Query, type Page, type SortKey } from "./query.js";
export type { AnySchema, CreateOf, RecordOf, StoredRecord, UpdateOf } from "./schema.js";
export { Session, type SignedIn } from "./session.js";
export { Sessions, type HolderOptions, type OpenSession } from "./sessions.js";
export { localStore, memoryStore, type AuthStore } from "./stores.js";
export type { RequestOptions } from "./transport.js";
