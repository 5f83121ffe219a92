// Makes what the chat needs: messages that only members see, and a channel that tells who is there.
// LUGE_URL, LUGE_SUPERUSER_EMAIL and LUGE_SUPERUSER_PASSWORD name the server and a superuser.

import { createAdminClient } from "@luge/client/admin";

const { LUGE_URL = "http://127.0.0.1:8090", LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD } =
  process.env;
const admin = createAdminClient(LUGE_URL);
await admin.auth("_superusers").password(LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD);

const members = "@request.auth.id != ''";
const users = await admin.collections.update("users", { listRule: members, viewRule: members });
await admin.collections.create({
  name: "messages",
  listRule: members,
  viewRule: members,
  createRule: "author = @request.auth.id",
  fields: [
    { name: "text", type: "text", required: true, max: 1000 },
    { name: "author", type: "relation", collectionId: users.id, required: true },
    { name: "created", type: "autodate", onCreate: true },
  ],
});
const channel = { name: "chat-{room}", presence: true, joinRule: members, sendRule: members };
const { channels = [] } = await admin.settings.get();
await admin.settings.update({ channels: [...channels, channel] });
