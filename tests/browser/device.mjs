// A device that Chromium takes for a real one, and pages that ask it for passkeys.

const DEVICE = {
  protocol: "ctap2",
  ctap2Version: "ctap2_1",
  transport: "internal",
  hasResidentKey: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};

// The device of a page: its user is there and does what is asked, until told otherwise. Without
// `lock` there is nothing by which it could verify the user.
export async function plugIn(page, { lock = true } = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable", { enableUI: false });
  const options = { ...DEVICE, hasUserVerification: lock };
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
  const tell = (command, words = {}) =>
    session.send(`WebAuthn.${command}`, { authenticatorId, ...words });
  return {
    // The user cannot prove who it is: a wrong finger, a wrong PIN.
    verify: (isUserVerified) => tell("setUserVerified", { isUserVerified }),
    credentials: async () => (await tell("getCredentials")).credentials,
    forget: () => tell("clearCredentials"),
    unplug: () => tell("removeVirtualAuthenticator"),
  };
}

// A request of the page: `{status, json}`.
export const ask = (page, url, { token, body, method = "POST" } = {}) =>
  page.evaluate(
    async ({ url, token, body, method }) => {
      const headers = { "Content-Type": "application/json" };
      if (token) headers.Authorization = token;
      const sent = method === "GET" || method === "DELETE" ? undefined : JSON.stringify(body ?? {});
      const answer = await fetch(url, { method, headers, body: sent });
      const text = await answer.text();
      return { status: answer.status, json: text === "" ? null : JSON.parse(text) };
    },
    { url, token, body, method },
  );

// What the page gets from the device to register: `{credential}`, or `{refused}`, an error's name.
export const make = (page, publicKey) =>
  page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    try {
      const credential = await navigator.credentials.create({ publicKey });
      return { credential: credential.toJSON() };
    } catch (error) {
      return { refused: error.name };
    }
  }, publicKey);

// The same to sign in; `mediation` is "conditional" for what autofill does.
export const prove = (page, publicKey, mediation) =>
  page.evaluate(
    async ({ options, mediation }) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      try {
        const credential = await navigator.credentials.get({ publicKey, mediation });
        return { credential: credential.toJSON() };
      } catch (error) {
        return { refused: error.name };
      }
    },
    { options: publicKey, mediation },
  );
