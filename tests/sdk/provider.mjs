// A sign-in provider in the test's own process: it says what it is told to say, true or not.

import {
  createHash, createHmac, createPublicKey, generateKeyPairSync, randomBytes, sign,
} from "node:crypto";
import { createServer } from "node:http";

const HOUR = 3_600;

export const now = () => Math.floor(Date.now() / 1_000);
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A signing key with its public half for a key set. */
export function signingKey(algorithm = "RS256", kid = randomBytes(4).toString("hex")) {
  const { privateKey, publicKey } = {
    RS256: () => generateKeyPairSync("rsa", { modulusLength: 2_048 }),
    PS256: () => generateKeyPairSync("rsa", { modulusLength: 2_048 }),
    ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
    EdDSA: () => generateKeyPairSync("ed25519"),
  }[algorithm]();
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: algorithm };
  return { algorithm, kid, privateKey, publicKey, jwk };
}

/** A signed ID token; `header` overrides what is right. */
export function idToken(key, claims, header = {}) {
  const head = { alg: key.algorithm, kid: key.kid, typ: "JWT", ...header };
  const message = `${encode(head)}.${encode(claims)}`;
  return `${message}.${signature(key, message)}`;
}

function signature(key, message) {
  const options = {
    RS256: { key: key.privateKey },
    PS256: { key: key.privateKey, padding: 6, saltLength: 32 },
    ES256: { key: key.privateKey, dsaEncoding: "ieee-p1363" },
    EdDSA: { key: key.privateKey },
  }[key.algorithm];
  const digest = key.algorithm === "EdDSA" ? null : "sha256";
  return sign(digest, Buffer.from(message), options).toString("base64url");
}

/** The same claims under a secret, as if the algorithm were symmetric. */
export function symmetricToken(secret, claims, kid, algorithm = "HS256") {
  const message = `${encode({ alg: algorithm, typ: "JWT", kid })}.${encode(claims)}`;
  return `${message}.${createHmac("sha256", secret).update(message).digest("base64url")}`;
}

/** A token that nobody signed. */
export const unsignedToken = (claims, algorithm = "none") =>
  `${encode({ alg: algorithm, typ: "JWT" })}.${encode(claims)}.`;

export const publicPem = (key, format = "pem") =>
  createPublicKey(key.privateKey).export({ type: "spki", format });

/** A provider; `codes` are good once, and each says what is answered for it. */
export async function startProvider(clientId = "client", clientSecret = "client-secret") {
  const provider = {
    clientId, clientSecret,
    keys: [signingKey()],
    requests: [],
    codes: new Map(),
    answers: {},
  };
  const server = createServer((request, answer) => receive(provider, request, answer));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  provider.url = `http://127.0.0.1:${port}`;
  provider.issuer = provider.url;
  provider.stop = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  /** Claims as they are right, changed by `changes`. */
  provider.claims = (changes = {}) => ({
    iss: provider.issuer, aud: clientId, sub: "subject-1", iat: now(), exp: now() + HOUR,
    ...changes,
  });
  /** A code that is good for `{ userInfo, claims, idToken, challenge, token }`. */
  provider.code = (grant = {}) => {
    const code = randomBytes(12).toString("hex");
    provider.codes.set(code, grant);
    return code;
  };
  return provider;
}

async function receive(provider, request, answer) {
  const url = new URL(request.url, provider.url);
  const parts = [];
  for await (const part of request) parts.push(part);
  const form = new URLSearchParams(Buffer.concat(parts).toString());
  const { headers } = request;
  provider.requests.push({ path: url.pathname, query: url.searchParams, form, headers });
  const say = (status, body, headers = {}) => {
    const text = Buffer.isBuffer(body) ? body : JSON.stringify(body);
    answer.writeHead(status, { "content-type": "application/json", ...headers });
    answer.end(text);
  };
  const told = provider.answers[url.pathname];
  if (told) return told(say, { form, url, request });
  switch (url.pathname) {
    case "/.well-known/openid-configuration":
      return say(200, discovery(provider));
    case "/jwks":
      return say(200, { keys: provider.keys.map((key) => key.jwk) });
    case "/authorize":
      return authorize(provider, url.searchParams, answer);
    case "/token":
      return token(provider, form, request, say);
    case "/userinfo":
      return userInfo(provider, request, say);
    case "/avatar.png":
      return say(200, AVATAR, { "content-type": "image/png" });
    default:
      return say(404, {});
  }
}

function discovery(provider) {
  return {
    issuer: provider.issuer,
    authorization_endpoint: `${provider.url}/authorize`,
    token_endpoint: `${provider.url}/token`,
    userinfo_endpoint: `${provider.url}/userinfo`,
    jwks_uri: `${provider.url}/jwks`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256", "ES256", "EdDSA"],
    code_challenge_methods_supported: ["S256"],
  };
}

/** Whoever asks is signed in at once as `provider.user`. */
function authorize(provider, query, answer) {
  const code = provider.code({
    ...provider.user,
    claims: { nonce: query.get("nonce") ?? undefined, ...provider.user?.claims },
    challenge: query.get("code_challenge") ?? undefined,
    redirectURL: query.get("redirect_uri"),
  });
  const back = new URL(query.get("redirect_uri"));
  back.searchParams.set("code", code);
  back.searchParams.set("state", query.get("state"));
  answer.writeHead(302, { location: back.href });
  answer.end();
}

function token(provider, form, request, say) {
  const grant = provider.codes.get(form.get("code"));
  provider.codes.delete(form.get("code"));
  if (!grant) return say(400, { error: "invalid_grant" });
  const digest = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
  if (grant.challenge && grant.challenge !== digest) return say(400, { error: "invalid_grant" });
  if (grant.redirectURL && grant.redirectURL !== form.get("redirect_uri")) {
    return say(400, { error: "invalid_grant" });
  }
  const access = randomBytes(12).toString("hex");
  provider.codes.set(access, grant);
  const { sub } = grant.userInfo ?? {};
  const claims = provider.claims({ ...(sub === undefined ? {} : { sub }), ...grant.claims });
  const signed = grant.idToken ?? idToken(grant.key ?? provider.keys[0], claims, grant.header);
  return say(200, {
    access_token: access, token_type: "Bearer", expires_in: HOUR,
    ...(signed ? { id_token: signed } : {}), ...grant.token,
  });
}

function userInfo(provider, request, say) {
  const access = request.headers.authorization?.replace(/^Bearer /u, "");
  const grant = provider.codes.get(access);
  if (!grant) return say(401, { error: "invalid_token" });
  return say(200, grant.userInfo ?? { sub: "subject-1" });
}

/** One black pixel. */
export const AVATAR = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6" +
    "kgAAAABJRU5ErkJggg==",
  "base64",
);
