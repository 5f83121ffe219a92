// Makes the collection of the example: notes, of which everybody has their own.
// LUGE_URL, LUGE_SUPERUSER_EMAIL and LUGE_SUPERUSER_PASSWORD name the server and a superuser.

import { createAdminClient } from "@luge/client/admin";

const { LUGE_URL = "http://127.0.0.1:8090", LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD } =
  process.env;
const admin = createAdminClient(LUGE_URL);
await admin.auth("_superusers").password(LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD);

const own = "owner = @request.auth.id";
const { id: collectionId } = await admin.collections.get("users");
await admin.collections.create({
  name: "notes",
  listRule: own,
  viewRule: own,
  createRule: own,
  deleteRule: own,
  fields: [
    { name: "text", type: "text", required: true },
    { name: "owner", type: "relation", collectionId, required: true, cascadeDelete: true },
  ],
});
