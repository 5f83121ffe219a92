import { createClient, localStore } from "@luge/client";

interface Schema {
  users: {
    record: { name: string; email: string };
    create: { name: string; email: string; password: string; passwordConfirm: string };
  };
  messages: {
    record: { text: string; author: string; created: string };
    relations: { author: "users" };
  };
}

export const db = createClient<Schema>(location.origin, { store: localStore() });
