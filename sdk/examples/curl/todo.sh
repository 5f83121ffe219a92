#!/usr/bin/env bash
# What the client does, with curl: a collection, an account, todos, changes as they happen.
#
#   LUGE_URL=http://127.0.0.1:8090 LUGE_SUPERUSER_EMAIL=… LUGE_SUPERUSER_PASSWORD=… ./todo.sh

set -euo pipefail
cd "$(dirname "$0")"
url=${LUGE_URL:?names the server}
email="ada-$RANDOM$RANDOM@example.com"
password="quiet-sled-$RANDOM"
heard=$(mktemp)
trap 'rm -f "$heard"; [ -z "${stream:-}" ] || kill "$stream" 2>/dev/null || true' EXIT

say() { printf '\n# %s\n' "$1"; }
# A request with a JSON body; what curl is told besides stands behind it.
send() { # METHOD PATH BODY [OPTION…]
  curl --silent --show-error --request "$1" "$url$2" --header "Content-Type: application/json" \
    --header "Authorization: ${token:-}" --data "$3" "${@:4}"
}
# The text of a key in JSON; enough for answers of one record.
value() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1; }

say "A superuser signs in and makes the collection, unless it is there."
superuser=$(printf '{"identity":"%s","password":"%s"}' \
  "${LUGE_SUPERUSER_EMAIL:?}" "${LUGE_SUPERUSER_PASSWORD:?}")
token=$(send POST /api/collections/_superusers/auth-with-password "$superuser" --fail | value token)
if ! curl --silent --fail --output /dev/null "$url/api/collections/todos" \
  --header "Authorization: $token"; then
  send POST /api/collections @../todo/collection.json --fail --output /dev/null
fi

say "Somebody signs up and in."
token=""
account=$(printf '{"email":"%s","password":"%s","passwordConfirm":"%s"}' \
  "$email" "$password" "$password")
owner=$(send POST /api/collections/users/records "$account" --fail | value id)
credentials=$(printf '{"identity":"%s","password":"%s"}' "$email" "$password")
token=$(send POST /api/collections/users/auth-with-password "$credentials" --fail | value token)
echo "$email is $owner"

say "Changes are told as they happen: a stream, and a request that says of what."
curl --silent --no-buffer "$url/api/realtime?resume=1" >"$heard" &
stream=$!
for _ in $(seq 100); do grep -q clientId "$heard" && break || sleep 0.1; done
client=$(value clientId <"$heard")
send POST /api/realtime "$(printf '{"clientId":"%s","subscriptions":["todos/*"]}' "$client")" --fail

say "A create with a key happens once, however often it is sent."
todo=$(printf '{"title":"Wax the runners","owner":"%s"}' "$owner")
key="Idempotency-Key: $RANDOM$RANDOM$RANDOM"
id=$(send POST /api/collections/todos/records "$todo" --fail --header "$key" | value id)
again=$(send POST /api/collections/todos/records "$todo" --fail --header "$key" | value id)
echo "$id, and again $again"

say "A list with a filter and an order; values are quoted, and the address is encoded."
curl --silent --fail --get "$url/api/collections/todos/records" \
  --header "Authorization: $token" \
  --data-urlencode "filter=done = false && title ~ 'wax'" \
  --data-urlencode "sort=-title" --data-urlencode "fields=id,title,done"
echo

say "An update with If-Match happens only to what was seen; the second one comes too late: 409."
place="/api/collections/todos/records/$id"
tag=$(curl --silent --fail --head "$url$place" --header "Authorization: $token" |
  tr -d '\r' | sed -n 's/^etag: //Ip')
send PATCH "$place" '{"done":true}' --fail --header "If-Match: $tag"
echo
send PATCH "$place" '{"title":"Late"}' --header "If-Match: $tag" --output /dev/null \
  --write-out '%{http_code}\n'

say "What is wrong says which field, and why."
send POST /api/collections/todos/records "$(printf '{"title":"","owner":"%s"}' "$owner")"
echo

say "Gone; and this is what was told meanwhile."
send DELETE "$place" '' --fail
for _ in $(seq 100); do grep -q '"action":"delete"' "$heard" && break || sleep 0.1; done
grep -o '"action":"[a-z]*"' "$heard"

say "Signed out: the token is worth nothing any more."
send POST /api/collections/users/auth-logout '' --fail
send POST /api/collections/users/auth-refresh '' --output /dev/null --write-out '%{http_code}\n'
