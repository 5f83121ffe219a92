// The list of the page, which the server has made, goes on live.

import { createClient } from "@luge/client";
import { live } from "@luge/client/live";

// Luge is asked through the server of the page, which knows who is signed in.
const db = createClient(location.origin);
const list = document.querySelector("#notes");

for await (const { items, state } of live(db.from("notes"), { perPage: 100 })) {
  list.dataset.state = state;
  list.replaceChildren(
    ...items.map(({ text }) => Object.assign(document.createElement("li"), { textContent: text })),
  );
}
