/** The settings of a server, where they come from, and trying them out. */
import type { RequestOptions, Transport } from "../transport.js";
import type { Rule } from "./collection.js";

/** Where files or backups are kept instead of in the data folder. `secret` is never shown. */
export interface S3Settings {
  enabled: boolean;
  bucket: string;
  region: string;
  endpoint: string;
  accessKey: string;
  secret?: string;
  forcePathStyle: boolean;
}

/** How often something may be asked for. */
export interface RateLimitRule {
  /** `/api/` or another beginning of a path, `posts:create`, `*:auth`. */
  label: string;
  /** Whom it is about: everybody, guests or who is signed in. */
  audience: "" | "@guest" | "@auth";
  /** Seconds. */
  duration: number;
  maxRequests: number;
}

/** What clients tell each other by name. */
export interface ChannelSettings {
  /** `room-{id}`: a word may be a variable. */
  name: string;
  joinRule: Rule;
  sendRule: Rule;
  /** Whether members see who else is there. */
  presence: boolean;
}

/** All settings. Secrets are never shown; a change without one keeps it. */
export interface SettingsValues {
  meta: {
    appName: string;
    /** What links in mails begin with. */
    appURL: string;
    senderName: string;
    senderAddress: string;
    /** `#rrggbb`. */
    accentColor: string;
    hideControls: boolean;
  };
  smtp: {
    enabled: boolean;
    host: string;
    port: number;
    username: string;
    password?: string;
    authMethod: "" | "PLAIN" | "LOGIN";
    /** TLS from the first byte; else as soon as the mail server offers it. */
    tls: boolean;
    localName: string;
  };
  s3: S3Settings;
  backups: {
    /** When one is made by itself; never when empty. */
    cron: string;
    cronMaxKeep: number;
    s3: S3Settings;
  };
  logs: {
    /** Days; 0 logs nothing. */
    maxDays: number;
    minLevel: number;
    logIP: boolean;
    logAuthId: boolean;
    /** Bytes of one entry; 0 is the server's own limit. */
    maxDataSize: number;
  };
  batch: {
    enabled: boolean;
    maxRequests: number;
    /** Seconds. */
    timeout: number;
    /** Bytes; 0 is the server's own limit. */
    maxBodySize: number;
  };
  rateLimits: { enabled: boolean; rules: RateLimitRule[]; excludedIPs: string[] };
  trustedProxy: { headers: string[]; useLeftmostIP: boolean; addresses: string[] };
  /** The only addresses that superusers may come from; all when empty. */
  superuserIPs: string[];
  channels: ChannelSettings[];
  /** `introspection` lets others than superusers ask for the schema. */
  graphql: { enabled: boolean; introspection: boolean };
}

/** Some of the settings: what is left out stays. */
export type SettingsChange = { [K in keyof SettingsValues]?: Part<SettingsValues[K]> };
type Part<T> = T extends unknown[] ? T : { [K in keyof T]?: Part<T[K]> | undefined } | T;

/** Where the value of a setting comes from. */
export interface SettingSource {
  source: "default" | "stored" | "environment" | "file";
  /** The variable or the file that fixes it. */
  from?: string;
}

/** Which mail to send as a try. */
export type MailTemplate =
  | "verification"
  | "password-reset"
  | "email-change"
  | "otp"
  | "login-alert";

const ROOT = "/api/settings";

/** The settings of a server. */
export class Settings {
  constructor(private readonly transport: Transport) {}

  /** All of them, without secrets. */
  get(options: RequestOptions = {}): Promise<SettingsValues> {
    return this.transport.send(ROOT, options);
  }

  /** Changes what is given; all of them as they are then. */
  update(change: SettingsChange, options: RequestOptions = {}): Promise<SettingsValues> {
    return this.transport.send(ROOT, { ...options, method: "PATCH", body: change });
  }

  /** Where each comes from, by its path, such as `smtp.host`. */
  sources(options: RequestOptions = {}): Promise<Record<string, SettingSource>> {
    return this.transport.send(`${ROOT}/sources`, options);
  }

  /** Writes, reads and removes a file in the bucket of the files, or of the backups. */
  async testS3(filesystem: "storage" | "backups", options: RequestOptions = {}): Promise<void> {
    const body = { filesystem };
    await this.transport.send(`${ROOT}/test/s3`, { ...options, method: "POST", body });
  }

  /** Sends a mail of a template, at once and once. */
  async testEmail(
    email: string,
    template: MailTemplate,
    { collection, ...options }: RequestOptions & { collection?: string } = {},
  ): Promise<void> {
    const body = { email, template, collection };
    await this.transport.send(`${ROOT}/test/email`, { ...options, method: "POST", body });
  }

  /** A client secret for signing in with Apple, made from a key of Apple's. */
  async appleClientSecret(
    key: {
      clientId: string;
      teamId: string;
      keyId: string;
      privateKey: string;
      /** Seconds. */
      duration: number;
    },
    options: RequestOptions = {},
  ): Promise<string> {
    const place = `${ROOT}/apple/generate-client-secret`;
    const outgoing = { ...options, method: "POST", body: key };
    return (await this.transport.send<{ secret: string }>(place, outgoing)).secret;
  }
}
