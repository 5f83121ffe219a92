// An Express service that knows who is signed in to Luge.
//
// A client asks Luge for a token (POST /api/collections/users/auth-token with this service's
// audience) and sends it here as a bearer. The service verifies it by itself: it asks Luge only for
// the public keys, now and then.

import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { LUGE_URL, AUDIENCE, PORT = "3000" } = process.env;
// Who signs: the application's address in Luge's settings.
const ISSUER = process.env.LUGE_ISSUER ?? LUGE_URL;

const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", LUGE_URL), {
  // A key that is not known is looked for once a second, so that a new one is found at once.
  cooldownDuration: 1_000,
});

/** Lets only those through who are signed in, as `request.user`. */
async function signedIn(request, response, next) {
  const [scheme, token] = (request.get("authorization") ?? "").split(" ");
  try {
    if (scheme.toLowerCase() !== "bearer" || !token) throw new Error("no bearer token");
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ["ES256"],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["exp", "iat", "sub", "collectionName"],
    });
    request.user = payload;
  } catch {
    response.status(401).set("WWW-Authenticate", "Bearer").json({ error: "sign in first" });
    return;
  }
  next();
}

const app = express();
app.disable("x-powered-by");

app.get("/me", signedIn, (request, response) => {
  const { sub, collectionName, email, verified } = request.user;
  response.json({ id: sub, collection: collectionName, email, verified });
});

app.listen(Number(PORT), "127.0.0.1", () => console.log(`listening on ${PORT}`));
