"""A Django service that knows who is signed in to Luge.

A client asks Luge for a token (POST /api/collections/users/auth-token with this service's
audience) and sends it here as a bearer. The service verifies it by itself: it asks Luge only for
the public keys, now and then.
"""

import functools
import os
import sys

import jwt
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import JsonResponse
from django.urls import path

LUGE_URL = os.environ["LUGE_URL"]
# Who signs: the application's address in Luge's settings.
ISSUER = os.environ.get("LUGE_ISSUER", LUGE_URL)
AUDIENCE = os.environ["AUDIENCE"]

# Keeps the keys for five minutes. A key that is not known is looked for once a second, so that a
# new one is found at once.
KEYS = jwt.PyJWKClient(
    f"{LUGE_URL}/.well-known/jwks.json", lifespan=300, cooldown_duration=1
)


def user_of(request):
    """The claims of the token of a request; `None` where it does not hold."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        return jwt.decode(
            token,
            KEYS.get_signing_key_from_jwt(token),
            algorithms=["ES256"],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "sub", "collectionName"]},
        )
    except jwt.PyJWTError:
        return None


def signed_in(view):
    """Lets only those through who are signed in, as `request.luge_user`."""

    @functools.wraps(view)
    def guarded(request, *arguments, **named):
        user = user_of(request)
        if user is None:
            refused = JsonResponse({"error": "sign in first"}, status=401)
            refused["WWW-Authenticate"] = "Bearer"
            return refused
        request.luge_user = user
        return view(request, *arguments, **named)

    return guarded


@signed_in
def me(request):
    user = request.luge_user
    return JsonResponse(
        {
            "id": user["sub"],
            "collection": user["collectionName"],
            "email": user.get("email"),
            "verified": user.get("verified"),
        }
    )


urlpatterns = [path("me", me)]

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    # Nothing here is signed by Django: there are no sessions of its own.
    SECRET_KEY=os.urandom(32).hex(),
)

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
