import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createClient, isAborted, isAuth, isForbidden } from "../src/index.js";
import { canAutofill, isPasskey, passkeys, supported } from "../src/passkeys/index.js";

const record = { id: "u1", collectionId: "c1", collectionName: "users" };
const buffer = (...bytes: number[]) => Uint8Array.from(bytes).buffer;
const bytes = (source: unknown) => [...new Uint8Array(source as ArrayBuffer)];
const credential = (response: object) => ({
  id: "-_8",
  rawId: buffer(251, 255),
  type: "public-key",
  response: { clientDataJSON: buffer(1), ...response },
  getClientExtensionResults: () => ({ credProps: { rk: true } }),
});
const proof = { authenticatorData: buffer(2), signature: buffer(3), userHandle: buffer(4) };
const written = {
  id: "-_8",
  rawId: "-_8",
  type: "public-key",
  clientExtensionResults: { credProps: { rk: true } },
};

/** What the browser does when it is asked. */
let device: {
  create: (options: CredentialCreationOptions) => Promise<unknown>;
  get: (options: CredentialRequestOptions) => Promise<unknown>;
};

beforeEach(() => {
  device = {
    create: async () => credential({ attestationObject: buffer(9), getTransports: () => ["usb"] }),
    get: async () => credential(proof),
  };
  vi.stubGlobal("PublicKeyCredential", function () {});
  vi.stubGlobal("navigator", {
    credentials: {
      create: (options: CredentialCreationOptions) => device.create(options),
      get: (options: CredentialRequestOptions) => device.get(options),
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

/** A server that keeps what it was asked and answers by the last part of the path. */
function server(answers: Record<string, [status: number, body: object]> = {}) {
  const asked: [string, string, unknown, string | null][] = [];
  const publicKey = { challenge: "AQID", timeout: 1000, rpId: "example.com" };
  const usual: typeof answers = {
    "auth-options": [200, { ceremony: "c", publicKey }],
    "auth-with-passkey": [200, { token: "t", record }],
    "register-options": [
      200,
      {
        ceremony: "c",
        publicKey: {
          challenge: "AQID",
          rp: { id: "example.com", name: "App" },
          user: { id: "BAU", name: "ada", displayName: "ada" },
          excludeCredentials: [{ id: "-_8", type: "public-key" }],
        },
      },
    ],
    register: [200, { id: "p1", name: "Laptop" }],
    passkeys: [200, { items: [{ id: "p1" }] }],
    ...answers,
  };
  const client = createClient("http://server", {
    fetch: async (url, init) => {
      const { pathname, search } = new URL(String(url));
      const token = new Headers(init?.headers).get("authorization");
      const body = init?.body === undefined ? undefined : JSON.parse(String(init.body));
      const path = pathname.replace("/api/collections/users/", "") + search;
      asked.push([String(init?.method), path, body, token]);
      const [status, answer] = usual[pathname.split("/").at(-1) ?? ""] ?? [200, {}];
      return Response.json(answer, { status });
    },
  });
  return { client, asked, keys: passkeys(client, "users") };
}

/** Waits as a browser does: until it is told to stop. */
const forever = ({ signal }: { signal?: AbortSignal | undefined }) =>
  new Promise((_, reject) => {
    const stop = () => reject(new DOMException("Stopped.", "AbortError"));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
  });

const failure = (promise: Promise<unknown>) => promise.then(() => undefined, (error) => error);

test("the device gets the challenge as bytes, and the server its answer as text", async () => {
  const { client, asked, keys } = server();
  const get = vi.spyOn(device, "get");
  client.session.set({ token: "old", record });
  await keys.signIn({ identity: "ada@example.com" });
  const [{ publicKey, mediation }] = get.mock.calls[0]!;
  expect(bytes(publicKey?.challenge)).toEqual([1, 2, 3]);
  expect(publicKey?.rpId).toBe("example.com");
  expect(mediation).toBeUndefined();
  const response = {
    clientDataJSON: "AQ",
    authenticatorData: "Ag",
    signature: "Aw",
    userHandle: "BA",
  };
  expect(asked).toEqual([
    ["POST", "passkeys/auth-options", { identity: "ada@example.com" }, null],
    ["POST", "auth-with-passkey", { ceremony: "c", credential: { ...written, response } }, null],
  ]);
  expect(client.session.token).toBe("t");
});

test("a passkey is made with what the device must know, and named", async () => {
  const { asked, keys } = server();
  const create = vi.spyOn(device, "create");
  expect(await keys.register({ name: "Laptop" })).toEqual({ id: "p1", name: "Laptop" });
  const [{ publicKey }] = create.mock.calls[0]!;
  expect(bytes(publicKey?.user.id)).toEqual([4, 5]);
  expect(bytes(publicKey?.excludeCredentials?.[0]?.id)).toEqual([251, 255]);
  const response = { clientDataJSON: "AQ", attestationObject: "CQ", transports: ["usb"] };
  expect(asked.at(-1)?.[2]).toEqual({
    ceremony: "c",
    credential: { ...written, response },
    name: "Laptop",
  });
});

test("passkeys are listed, renamed and removed; a superuser names whose", async () => {
  const { asked, keys } = server();
  expect(await keys.list({ record: "u1" })).toEqual([{ id: "p1" }]);
  await keys.rename("p/1", "Desk");
  await keys.remove("p1", { record: "u1" });
  expect(asked.map((each) => each.slice(0, 3))).toEqual([
    ["GET", "passkeys?record=u1", undefined],
    ["PATCH", "passkeys/p%2F1", { name: "Desk" }],
    ["DELETE", "passkeys/p1?record=u1", undefined],
  ]);
});

describe("a device that gives none", () => {
  test.each([
    ["NotAllowedError", "passkey_declined"],
    ["InvalidStateError", "passkey_known"],
    ["SecurityError", "passkey_elsewhere"],
    ["NotSupportedError", "passkey_unsupported"],
    ["UnknownError", "passkey_failed"],
  ])("%s is %s, and the server is told nothing", async (name, code) => {
    const { client, asked, keys } = server();
    device.get = device.create = async () => Promise.reject(new DOMException("No.", name));
    for (const attempt of [keys.signIn(), keys.register()]) {
      const error = await failure(attempt);
      expect(isPasskey(error) && [error.code, error.status, error.domain]).toEqual([
        code,
        undefined,
        "example.com",
      ]);
    }
    const paths = asked.map(([, path]) => path);
    expect(paths).toEqual(["passkeys/auth-options", "passkeys/register-options"]);
    expect(client.session.current).toBeNull();
  });

  test("an answer of nothing is none", async () => {
    const { keys } = server();
    device.get = async () => null;
    expect((await failure(keys.signIn())).code).toBe("passkey_declined");
  });

  test("a browser without passkeys says so before it is asked", async () => {
    const { keys } = server();
    vi.stubGlobal("PublicKeyCredential", undefined);
    expect((await failure(keys.signIn())).code).toBe("passkey_unsupported");
    expect([supported(), await canAutofill()]).toEqual([false, false]);
  });
});

describe("a server that refuses", () => {
  test("a passkey is an AuthError, and nobody is signed in", async () => {
    const { client, keys } = server({ "auth-with-passkey": [400, { message: "No.", data: {} }] });
    const error = await failure(keys.signIn());
    expect(isAuth(error) && error.code).toBe("credentials_refused");
    expect(client.session.current).toBeNull();
  });

  test("a new passkey has the device forget it; one that fails may have kept it", async () => {
    const forgotten: unknown[] = [];
    const signalUnknownCredential = async (which: object) => void forgotten.push(which);
    vi.stubGlobal("PublicKeyCredential", Object.assign(() => {}, { signalUnknownCredential }));
    for (const status of [500, 400]) {
      const { keys } = server({ register: [status, { message: "No.", data: {} }] });
      expect((await failure(keys.register())).status).toBe(status);
    }
    expect(forgotten).toEqual([{ rpId: "example.com", credentialId: "-_8" }]);
  });

  test("options is not asked twice, nor is the device", async () => {
    const { asked, keys } = server({ "register-options": [403, { message: "Sign in again." }] });
    const create = vi.spyOn(device, "create");
    expect(isForbidden(await failure(keys.register()))).toBe(true);
    expect(asked).toHaveLength(1);
    expect(create).not.toHaveBeenCalled();
  });
});

describe("autofill", () => {
  test("waits without a dialog, and asks anew before the ceremony ends", async () => {
    const { asked, client, keys } = server();
    let turns = 0;
    device.get = async (options) => {
      expect(options.mediation).toBe("conditional");
      turns += 1;
      return turns < 3 ? forever(options) : credential(proof);
    };
    await keys.signIn({ autofill: true });
    expect(asked.map(([, path]) => path)).toEqual([
      "passkeys/auth-options",
      "passkeys/auth-options",
      "passkeys/auth-options",
      "auth-with-passkey",
    ]);
    expect(client.session.token).toBe("t");
  });

  test("ends at the caller's signal, also one that was given before", async () => {
    const { asked, keys } = server();
    device.get = forever;
    const controller = new AbortController();
    const waiting = failure(keys.signIn({ autofill: true, signal: controller.signal }));
    setTimeout(() => controller.abort(), 5);
    expect(isAborted(await waiting)).toBe(true);
    const late = await failure(keys.signIn({ autofill: true, signal: controller.signal }));
    expect(isAborted(late)).toBe(true);
    expect(asked.filter(([, path]) => path === "auth-with-passkey")).toEqual([]);
  });

  test("makes way for a dialog, and never takes over from one", async () => {
    const { keys } = server();
    device.get = forever;
    const first = failure(keys.signIn({ autofill: true }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const controller = new AbortController();
    const dialog = failure(keys.signIn({ signal: controller.signal }));
    expect(isAborted(await first)).toBe(true);
    expect(isAborted(await failure(keys.signIn({ autofill: true })))).toBe(true);
    let ended = false;
    void dialog.then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ended).toBe(false);
    controller.abort();
    expect(isAborted(await dialog)).toBe(true);
  });
});
