/** What can be asked of an auth collection beside its records, as far as it is switched on. */
import type { Collection } from "@luge/client/admin";
import type { Key } from "../../messages/en.ts";
import type { Body } from "./call.ts";
import type { Failure, Operation, Parameter } from "./operations.ts";

const MANY: Failure = { status: 429, when: "api.fail.many" };
const CREDENTIALS: Failure = { status: 400, when: "api.fail.credentials" };
const SECOND: Failure = { status: 401, when: "api.fail.second" };
const AUTH_RULE: Failure = { status: 403, when: "api.fail.authRule" };
const TOKEN: Failure = { status: 400, when: "api.fail.mailToken" };
const SIGNED: Failure = { status: 401, when: "api.fail.signIn" };
const EMAIL = "ann@example.com";
const MAIL_TOKEN = "TOKEN_OF_THE_MAIL";
const PASSWORD = "correct-horse-42";

/** Ways to sign in, and what belongs to an account. */
export function signInOperations(collection: Collection, record: Body): Operation[] {
  const ways = waysOf(collection, record);
  return [...ways, ...accountOperations(collection, record)];
}

const isOn = (collection: Collection, way: string) =>
  (collection[way] as { enabled?: boolean } | undefined)?.enabled === true;

/** The builder of one collection's operations. */
function builder({ name }: Collection) {
  return (
    group: Operation["group"],
    id: string,
    action: string[],
    rest: Partial<Operation> & { title: Key; text: Key },
  ): Operation => ({
    id,
    group,
    method: "POST",
    path: ["api", "collections", name, ...action],
    parameters: [],
    failures: [MANY],
    ...rest,
  });
}

function waysOf(collection: Collection, record: Body): Operation[] {
  const make = builder(collection);
  const failures = [CREDENTIALS, SECOND, AUTH_RULE, MANY];
  const signedIn = { answer: { token: "…", record }, failures };
  const found: Operation[] = [
    make("signIn", "methods", ["auth-methods"], {
      title: "api.methods",
      text: "api.methods.text",
      method: "GET",
      answer: { password: { enabled: true, identityFields: ["email"] } },
    }),
  ];
  if (isOn(collection, "passwordAuth")) {
    const [first] = (collection.passwordAuth as { identityFields?: string[] }).identityFields ?? [];
    found.push(
      make("signIn", "password", ["auth-with-password"], {
        ...signedIn,
        title: "api.password",
        text: "api.password.text",
        action: "auth",
        body: { identity: first === "email" || !first ? EMAIL : "ann", password: PASSWORD },
      }),
    );
  }
  if (isOn(collection, "otp")) found.push(...codeOperations(make, signedIn));
  if ((collection.passkey as { enabled?: boolean } | undefined)?.enabled !== false) {
    found.push(
      make("signIn", "passkey", ["auth-with-passkey"], {
        ...signedIn,
        title: "api.passkey",
        text: "api.passkey.text",
        action: "auth",
        body: { ceremony: "CEREMONY", credential: { id: "…", type: "public-key", response: {} } },
        elsewhere: true,
      }),
    );
  }
  found.push(...otherWays(collection, make, signedIn));
  return found;
}

type Make = ReturnType<typeof builder>;
type SignedIn = Pick<Operation, "answer" | "failures">;

function codeOperations(make: Make, signedIn: SignedIn): Operation[] {
  return [
    make("signIn", "requestCode", ["request-otp"], {
      title: "api.requestCode",
      text: "api.requestCode.text",
      body: { email: EMAIL },
      answer: { otpId: "OTP_ID" },
      failures: [{ status: 400, when: "api.fail.email" }, MANY],
    }),
    make("signIn", "code", ["auth-with-otp"], {
      ...signedIn,
      title: "api.code",
      text: "api.code.text",
      action: "auth",
      body: { otpId: "OTP_ID", password: "12345678" },
    }),
  ];
}

function otherWays(collection: Collection, make: Make, signedIn: SignedIn): Operation[] {
  const found: Operation[] = [];
  if (isOn(collection, "oauth2")) {
    const { providers = [] } = collection.oauth2 as { providers?: { name: string }[] };
    const body = {
      provider: providers[0]?.name ?? "PROVIDER",
      code: "CODE_OF_THE_PROVIDER",
      codeVerifier: "CODE_VERIFIER",
      redirectURL: "https://example.com/signed-in",
    };
    const texts = { title: "api.oauth2", text: "api.oauth2.text" } as const;
    const own = { ...signedIn, ...texts, action: "auth" as const, body, elsewhere: true };
    found.push(make("signIn", "oauth2", ["auth-with-oauth2"], own));
  }
  if (isOn(collection, "magicLink")) {
    found.push(
      make("signIn", "requestLink", ["request-magic-link"], {
        title: "api.requestLink",
        text: "api.requestLink.text",
        body: { email: EMAIL },
      }),
      make("signIn", "link", ["auth-with-magic-link"], {
        ...signedIn,
        title: "api.link",
        text: "api.link.text",
        action: "auth",
        body: { token: MAIL_TOKEN },
      }),
    );
  }
  if (isOn(collection, "anonymous")) {
    const texts = { title: "api.anonymous", text: "api.anonymous.text" } as const;
    const own = { ...signedIn, ...texts, action: "create" as const, body: {} };
    found.push(make("signIn", "anonymous", ["auth-anonymously"], own));
  }
  const texts = { title: "api.app", text: "api.app.text" } as const;
  const body = { mfaId: "MFA_ID", code: "123456" };
  found.push(make("signIn", "app", ["auth-with-totp"], { ...signedIn, ...texts, body }));
  return found;
}

function accountOperations(collection: Collection, record: Body): Operation[] {
  const make = builder(collection);
  const session: Parameter = {
    name: "record",
    place: "query",
    value: "",
    help: "api.param.holder",
  };
  return [
    make("account", "refresh", ["auth-refresh"], {
      title: "api.refresh",
      text: "api.refresh.text",
      answer: { token: "…", record },
      failures: [SIGNED, MANY],
      account: true,
    }),
    make("account", "logout", ["auth-logout"], {
      title: "api.logout",
      text: "api.logout.text",
      failures: [{ status: 400, when: "api.fail.noSession" }, SIGNED],
      account: true,
      elsewhere: true,
    }),
    make("account", "sessions", ["sessions"], {
      title: "api.sessions",
      text: "api.sessions.text",
      method: "GET",
      parameters: [session],
      answer: { items: [{ id: "…", device: "Firefox", current: true }] },
      failures: [SIGNED],
      account: true,
    }),
    ...mailed(make),
  ];
}

type Subject = "Verification" | "PasswordReset" | "EmailChange";
type Mailed = `${"request" | "confirm"}${Subject}`;

/** What is asked for by mail, and what the mail's token completes. */
function mailed(make: Make): Operation[] {
  const password = { password: PASSWORD, passwordConfirm: PASSWORD };
  const steps: [id: Mailed, action: string, body: Body, failures: Failure[]][] = [
    ["requestVerification", "request-verification", { email: EMAIL }, [MANY]],
    ["confirmVerification", "confirm-verification", { token: MAIL_TOKEN }, [TOKEN]],
    ["requestPasswordReset", "request-password-reset", { email: EMAIL }, [MANY]],
    [
      "confirmPasswordReset",
      "confirm-password-reset",
      { token: MAIL_TOKEN, ...password },
      [TOKEN],
    ],
    [
      "requestEmailChange",
      "request-email-change",
      { newEmail: "new@example.com" },
      [SIGNED, MANY],
    ],
    [
      "confirmEmailChange",
      "confirm-email-change",
      { token: MAIL_TOKEN, password: PASSWORD },
      [TOKEN],
    ],
  ];
  return steps.map(([id, action, body, failures]) =>
    make("account", id, [action], {
      title: `api.${id}`,
      text: `api.${id}.text`,
      body,
      failures,
      account: id === "requestEmailChange",
    }),
  );
}
