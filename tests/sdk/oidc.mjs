// A certified OpenID provider with one account for whoever asks, and a person who clicks through
// its pages.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

/** A provider for one application; `accounts` are claims by subject. */
export async function startOpenIdProvider(redirectURIs, accounts) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const client = {
    client_id: "app", client_secret: randomBytes(24).toString("hex"),
    redirect_uris: redirectURIs, response_types: ["code"], grant_types: ["authorization_code"],
  };
  const provider = new Provider(issuer, {
    clients: [client],
    claims: { email: ["email", "email_verified"], profile: ["name", "preferred_username"] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(16).toString("hex")] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...accounts[id] }),
    }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  });
  server.on("request", provider.callback());
  const stop = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  return { issuer, client, stop };
}

/** A browser's cookies for one origin each, and its way through redirects. */
export class Browser {
  cookies = new Map();

  async ask(url, { method = "GET", form } = {}) {
    const { origin } = new URL(url);
    const jar = this.cookies.get(origin) ?? new Map();
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, {
      method, redirect: "manual",
      headers: {
        ...(cookie && { cookie }),
        ...(form && { "content-type": "application/x-www-form-urlencoded" }),
      },
      body: form && new URLSearchParams(form).toString(),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/u.exec(line);
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    this.cookies.set(origin, jar);
    return answer;
  }

  /** Goes where it is sent until `isThere`; pages of the provider are filled in as `login`. */
  async follow(url, login, isThere) {
    let next = url;
    for (let step = 0; step < 20; step++) {
      if (isThere(next)) return new URL(next);
      const answer = await this.ask(next);
      const location = answer.headers.get("location");
      if (location) {
        next = new URL(location, next).href;
        continue;
      }
      const page = await answer.text();
      const action = /<form[^>]+action="([^"]+)"/u.exec(page)?.[1];
      if (!action) throw new Error(`no way on from ${next}: ${page.slice(0, 300)}`);
      const prompt = /name="prompt" value="([^"]+)"/u.exec(page)?.[1];
      const form = prompt === "login" ? { prompt, login, password: "x" } : { prompt };
      const target = new URL(action, next).href;
      const sent = await this.ask(target, { method: "POST", form });
      next = new URL(sent.headers.get("location"), target).href;
    }
    throw new Error(`too many steps to ${next}`);
  }
}
