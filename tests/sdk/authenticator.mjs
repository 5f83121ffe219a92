// A passkey device in software: makes ES256 keys and answers as WebAuthn's JSON form has it.

import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";

const base64 = (bytes) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

// CBOR of what an attestation holds: whole numbers, texts, bytes, and maps as lists of pairs.
function cbor(value) {
  const head = (major, length) => {
    if (length < 24) return Buffer.from([(major << 5) | length]);
    if (length < 256) return Buffer.from([(major << 5) | 24, length]);
    return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
  };
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string")
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.length), ...value.flat().map(cbor)]);
}

export class Authenticator {
  #keys = new Map();

  constructor(origin) {
    this.origin = origin;
  }

  // `change` says what this device does wrong: another origin, no user verification, …
  create(options, change = {}) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const id = change.id ?? randomBytes(32);
    const { x, y } = publicKey.export({ format: "jwk" });
    const point = [x, y].map((part) => Buffer.from(part, "base64url"));
    const cose = cbor([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, point[0]],
      [-3, point[1]],
    ]);
    const length = Buffer.from([id.length >> 8, id.length & 255]);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, cose]);
    const data = this.#data(options.rp.id, 0x41, 0, change, attested);
    this.#keys.set(base64(id), { id, privateKey, handle: options.user.id, counter: 0 });
    return this.#credential(id, {
      attestationObject: base64(
        cbor([
          ["fmt", "none"],
          ["attStmt", []],
          ["authData", data],
        ]),
      ),
      clientDataJSON: base64(this.#client("webauthn.create", options.challenge, change)),
      transports: ["internal"],
    });
  }

  get(options, change = {}) {
    const allowed = (options.allowCredentials ?? []).map((known) => known.id);
    const named = [...this.#keys.values()].filter(
      (key) => allowed.length === 0 || allowed.includes(base64(key.id)),
    );
    const key = named.at(-1);
    if (!key) throw new Error("the device has no such passkey");
    key.counter = change.counter ?? key.counter + 1;
    const data = this.#data(options.rpId, 0x01, key.counter, change, Buffer.alloc(0));
    const client = this.#client("webauthn.get", options.challenge, change);
    const signed = createSign("sha256")
      .update(Buffer.concat([data, sha256(client)]))
      .sign(key.privateKey);
    return this.#credential(change.as ?? key.id, {
      authenticatorData: base64(data),
      clientDataJSON: base64(client),
      signature: base64(change.signature ?? signed),
      userHandle: change.handle ?? key.handle,
    });
  }

  #data(domain, flags, counter, change, rest) {
    const verified = change.unverified ? 0 : 0x04;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const head = [
      sha256(change.domain ?? domain),
      Buffer.from([(flags & ~(change.absent ? 1 : 0)) | verified]),
      count,
    ];
    return Buffer.concat([...head, rest]);
  }

  #client(type, challenge, change) {
    const data = {
      type: change.type ?? type,
      challenge: change.challenge ?? challenge,
      origin: change.origin ?? this.origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(data));
  }

  #credential(id, response) {
    const text = base64(id);
    return { id: text, rawId: text, type: "public-key", response, clientExtensionResults: {} };
  }
}
