// Two servers that hold the same world and are asked the same.

import { client } from "./client.mjs";
import { createRecords, PASSWORD } from "./generator/records.mjs";
import { createSchema } from "./generator/schema.mjs";
import { rendered } from "./generator/requests.mjs";
import { SUPERUSER, startServer } from "./server.mjs";

const TWIN = { id: "superuser000001", email: "twin@example.com" };

/** Two running servers; `records` gives each its own, where they differ on purpose. */
export class Pair {
  static async start(binaries) {
    const pair = new Pair();
    pair.servers = await Promise.all(binaries.map(async (binary) => {
      const server = await startServer(binary);
      return { ...server, ask: client(server.url), tokens: {} };
    }));
    await pair.each((server) => signIn(server, "superuser", "_superusers", ...SUPERUSER));
    // Rules and filters see who asks, so the superuser is the same on both.
    const twin = { ...TWIN, password: PASSWORD, passwordConfirm: PASSWORD };
    await pair.asSuperuser("POST", "/api/collections/_superusers/records", twin);
    await pair.each((server) => signIn(server, "superuser", "_superusers", TWIN.email, PASSWORD));
    // Written logs cost time and show nothing here.
    await pair.asSuperuser("PATCH", "/api/settings", { logs: { maxDays: 0 } });
    return pair;
  }

  stop() {
    return this.each((server) => server.stop());
  }

  each(work) {
    return Promise.all(this.servers.map(work));
  }

  /** The same request to both by the superuser. */
  asSuperuser(method, path, body) {
    return this.each((server) => superuser(server)(method, path, body));
  }

  /** Schema and records, for each server its own; the steps of each, as `[what, body, answer]`. */
  create(collections, records) {
    return this.each(async (server, place) => {
      const made = await createSchema(superuser(server), collections);
      return [...made, ...await createRecords(superuser(server), collections, records[place])];
    });
  }

  /** Signs in accounts `{ collection, id, email }` on both; true where all succeeded. */
  async signIn(accounts) {
    const done = await this.each((server) => Promise.all(accounts.map((account) =>
      signIn(server, account.id, account.collection, account.email, PASSWORD))));
    return done.flat().every(Boolean);
  }

  /** Both answers to a request of the generator. */
  ask(request) {
    return this.each((server) => this.one(server, request));
  }

  /** The answer of one of the servers. */
  one(server, request) {
    const { method, path, body, headers } = rendered(request);
    const { persona } = request;
    return server.ask(method, path, body, { headers, token: server.tokens[persona.id ?? persona] });
  }
}

function superuser(server) {
  return (method, path, body) =>
    server.ask(method, path, body, { token: server.tokens.superuser });
}

async function signIn(server, key, collection, identity, password) {
  const path = `/api/collections/${collection}/auth-with-password`;
  const answer = await server.ask("POST", path, { identity, password });
  server.tokens[key] = answer.body?.token;
  return answer.status === 200;
}
