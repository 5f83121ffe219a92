/** The mails of a collection: where each is in the definition, and what may stand in it. */
import type { Collection, MailTemplate } from "@luge/client/admin";
import type { Key } from "../../../messages/en.ts";

/** One mail. */
export interface MailKind {
  /** Where its subject and body are. */
  path: string;
  label: Key;
  /** Without which it is of no use. */
  needs: string;
  /** What may stand in it beside the name and the address of the application. */
  more: string[];
  /** How the server calls it when one is sent as a try; left out where it sends none. */
  sent?: MailTemplate;
}

const kind = (path: string, needs: string, sent?: MailTemplate, more: string[] = []): MailKind => ({
  path,
  label: `template.${path}` as Key,
  needs,
  more: [needs, ...more],
  ...(sent && { sent }),
});

export const mailKinds: MailKind[] = [
  kind("verificationTemplate", "TOKEN", "verification"),
  kind("resetPasswordTemplate", "TOKEN", "password-reset"),
  kind("confirmEmailChangeTemplate", "TOKEN", "email-change"),
  kind("otp.emailTemplate", "OTP", "otp", ["OTP_ID"]),
  kind("authAlert.emailTemplate", "ALERT_INFO", "login-alert"),
  kind("magicLink.emailTemplate", "TOKEN"),
];

/** Everything that may stand in a mail: fields that are hidden do not. */
export function placeholdersOf({ more }: MailKind, { fields }: Pick<Collection, "fields">) {
  const shown = fields.filter(({ hidden, type }) => !hidden && type !== "password");
  return ["APP_NAME", "APP_URL", ...more, ...shown.map(({ name }) => `RECORD:${name}`)];
}
