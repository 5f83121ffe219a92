/** The entry point for superusers: all of the core, collections, rules and first-run setup. */
import { Client, type ClientOptions } from "../client.js";
import type { AnySchema, SchemaLike } from "../schema.js";
import { Accounts } from "./accounts.js";
import { Backups } from "./backups.js";
import { Collections } from "./collections.js";
import { GraphQl } from "./graphql.js";
import { Logs } from "./logs.js";
import { Mails } from "./mails.js";
import { Operations } from "./operations.js";
import { Providers } from "./providers.js";
import { Rules } from "./rules.js";
import { Settings } from "./settings.js";
import { Setup } from "./setup.js";
import { StorageSurvey } from "./storage.js";
import { Webhooks } from "./webhooks.js";

export {
  Collections,
  type CollectionList,
  type ReadDefinitions,
  type Scaffolds,
} from "./collections.js";
export type {
  Collection,
  CollectionBody,
  CollectionDefinition,
  CollectionType,
  Field,
  FieldType,
  Rule,
  SearchField,
  SearchOptions,
} from "./collection.js";
export {
  Rules,
  type ComparedValue,
  type ListPlan,
  type PlanSource,
  type RuleAction,
  type RuleAttempt,
  type RulePrincipal,
  type RuleRun,
  type RuleTest,
  type RuleTestResult,
  type RuleTrace,
  type RuleTrial,
  type RuleVerdict,
} from "./rules.js";
export { Accounts, type ImpersonateOptions } from "./accounts.js";
export {
  Backups,
  type Backup,
  type BackupContents,
  type BackupDifference,
  type BackupEstimate,
  type BackupStatus,
} from "./backups.js";
export type { Delivery, DeliveryAttempt } from "./delivery.js";
export { GraphQl, type GraphAnswer, type GraphOptions, type GraphRequest } from "./graphql.js";
export {
  Logs,
  type LogAudit,
  type LogData,
  type LogEntry,
  type LogList,
  type LogPage,
  type LogQuery,
  type LogRule,
  type LogTail,
  type LogTimings,
  type LogVerdict,
} from "./logs.js";
export { Mails, type Mail, type MailList, type MailState } from "./mails.js";
export {
  Operations,
  type Cron,
  type Health,
  type Job,
  type MetricHistory,
  type MetricRange,
  type MetricSample,
  type SearchStatus,
} from "./operations.js";
export {
  problemsOf,
  type CollectionPlan,
  type FromTo,
  type PlannedField,
  type PlannedReference,
} from "./plan.js";
export {
  Providers,
  type Provider,
  type ProviderAnswer,
  type ProviderOutcome,
  type ProviderTrial,
} from "./providers.js";
export {
  Settings,
  type ChannelSettings,
  type MailTemplate,
  type RateLimitRule,
  type S3Settings,
  type SettingSource,
  type SettingsChange,
  type SettingsValues,
} from "./settings.js";
export {
  Webhooks,
  type DeliveryList,
  type Webhook,
  type WebhookAction,
  type WebhookDefinition,
  type WebhookDelivery,
  type WebhookTest,
} from "./webhooks.js";
export { Setup, type SetupRequest } from "./setup.js";
export { StorageSurvey, type CollectionStorage, type Storage } from "./storage.js";

/** Makes a client that can also administer the server at `url`. */
export function createAdminClient<S extends SchemaLike<S> = AnySchema>(
  url: string,
  options: ClientOptions = {},
): AdminClient<S> {
  return new AdminClient<S>(url, options);
}

/** A client that can also administer. */
export class AdminClient<S extends SchemaLike<S> = AnySchema> extends Client<S> {
  /** The definitions of the collections. */
  readonly collections = new Collections(this.transport);
  /** Trying rules out, and their saved tests. */
  readonly rules = new Rules(this.transport);
  /** Providers to sign in with. */
  readonly providers = new Providers(this.transport);
  /** The settings. */
  readonly settings = new Settings(this.transport);
  /** The log of requests. */
  readonly logs = new Logs(this.transport);
  /** Acting as an account. */
  readonly accounts = new Accounts(this.transport);
  /** Backups. */
  readonly backups = new Backups(this.transport);
  /** How much is stored of what. */
  readonly storage = new StorageSurvey(this.transport);
  /** Mails that wait, that were given up, or that were kept. */
  readonly mails = new Mails(this.transport);
  /** Webhooks and their deliveries. */
  readonly webhooks = new Webhooks(this.transport);
  /** Jobs, metrics, health and preferences. */
  readonly operations = new Operations(this.transport);
  /** Subscriptions of GraphQL. */
  readonly graphql = new GraphQl(this.transport);
  /** The first superuser. */
  readonly setup = new Setup(this.transport, this.session);
}
