/** Every setting that has an input: its path, and what kind of input that is. */
import type { Key } from "../../messages/en.ts";

/** The path of a setting, such as `smtp.host`. */
export type SettingPath = Key extends infer K
  ? K extends `setting.${infer Path}`
    ? Path
    : never
  : never;

/** How a setting is typed in. */
export type Kind =
  | "text"
  | "number"
  | "secret"
  | "toggle"
  | "lines"
  | "rates"
  | "channels"
  | "level"
  | "colour"
  | Choice;

/** One of several values, each with its name or the key of it. */
export interface Choice {
  choice: [value: string, name: Key | string][];
}

const bucket = ["enabled", "bucket", "region", "endpoint", "accessKey", "secret", "forcePathStyle"];
const ofBucket = (root: "s3" | "backups.s3") =>
  bucket.map((name) => `${root}.${name}` as SettingPath);

/** The settings of a bucket, in their order. */
export const BUCKET = { files: ofBucket("s3"), backups: ofBucket("backups.s3") };

/** The levels of the log that have names. */
export const LEVELS = [-4, 0, 4, 8];

const KINDS: Partial<Record<SettingPath, Kind>> = {
  "meta.accentColor": "colour",
  "meta.hideControls": "toggle",
  "graphql.enabled": "toggle",
  "graphql.introspection": "toggle",
  channels: "channels",
  "batch.enabled": "toggle",
  "batch.maxRequests": "number",
  "batch.timeout": "number",
  "batch.maxBodySize": "number",
  superuserIPs: "lines",
  "trustedProxy.headers": "lines",
  "trustedProxy.addresses": "lines",
  "trustedProxy.useLeftmostIP": "toggle",
  "rateLimits.enabled": "toggle",
  "rateLimits.rules": "rates",
  "rateLimits.excludedIPs": "lines",
  "smtp.enabled": "toggle",
  "smtp.port": "number",
  "smtp.password": "secret",
  "smtp.authMethod": { choice: [["", "smtp.auto"], ["PLAIN", "PLAIN"], ["LOGIN", "LOGIN"]] },
  "smtp.tls": "toggle",
  "s3.enabled": "toggle",
  "s3.secret": "secret",
  "s3.forcePathStyle": "toggle",
  "backups.cronMaxKeep": "number",
  "backups.s3.enabled": "toggle",
  "backups.s3.secret": "secret",
  "backups.s3.forcePathStyle": "toggle",
  "logs.maxDays": "number",
  "logs.minLevel": "level",
  "logs.maxDataSize": "number",
  "logs.logIP": "toggle",
  "logs.logAuthId": "toggle",
};

/** How a setting is typed in; a line of text unless said otherwise. */
export const kindOf = (path: SettingPath): Kind => KINDS[path] ?? "text";
