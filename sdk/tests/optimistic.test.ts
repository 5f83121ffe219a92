/** Changes that are shown before they have arrived, over a server in memory. */
import { describe, expect, test } from "vitest";
import { createClient, filter, safe } from "../src/index.js";
import { optimistic, type OptimisticLive } from "../src/optimistic/index.js";
import { streaming, until } from "./stream.js";

interface Item {
  id: string;
  title: string;
  place: number;
  $pending?: true;
}
interface Schema {
  items: { record: { title: string; place: number } };
}

/** A server with a list; `answer` decides about writes, which wait for it. */
function serving() {
  const kept = { items: [item("a", 1), item("b", 2), item("c", 3)], version: 1 };
  const server = streaming(undefined, () =>
    Response.json({ items: kept.items }, { headers: { ETag: `"${kept.version}"` } }),
  );
  const waiting: ((answer: Response) => void)[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    const method = init?.method ?? "GET";
    if (method === "GET" || String(input).includes("/realtime")) return server.fetcher(input, init);
    return new Promise<Response>((resolve) => waiting.push(resolve));
  };
  const db = createClient<Schema>("http://server", { fetch: fetcher });
  const changes = optimistic(db);
  const change = (items: Item[]) => {
    kept.items = items;
    kept.version += 1;
    server.tell(server.asked.at(-1)!.subscriptions[0]!, { action: "update", record: { id: "x" } });
  };
    /** Answers the write that waits longest. */
  const answer = async (given: Response) => {
    await until(() => waiting.length > 0);
    waiting.shift()!(given);
  };
  return { db, changes, kept, change, answer };
}

function item(title: string, place: number, id = title): Item {
  return { id, title, place };
}

async function opened(list: OptimisticLive<any>) {
  const shown: string[] = [];
  const leave = list.subscribe(({ items }) => shown.push(text(items)));
  await until(() => list.current.state === "open");
  return { shown, leave, now: () => text(list.current.items) };
}

const text = (items: Item[]) =>
  items.map(({ title, $pending }) => title + ($pending ? "?" : "")).join("");

describe("a change", () => {
  test("is shown at once, stays when it has arrived, and is the server's in the end", async () => {
    const { db, changes, change, answer } = serving();
    const { shown, now, leave } = await opened(changes.live(db.from("items").orderBy("place")));
    const done = changes.update("items", "b", { title: "B" });
    expect(now()).toBe("aB?c");
    await answer(Response.json(item("B!", 2, "b")));
    expect((await done).title).toBe("B!");
    expect(now()).toBe("aB!c");
    change([item("a", 1), item("B2", 2, "b"), item("c", 3)]);
    await until(() => now() === "aB2c");
    expect(shown.filter((each, at) => each !== shown[at - 1])).toEqual(
      ["", "abc", "aB?c", "aB!c", "aB2c"],
    );
    leave();
  });

  test("that is refused is rolled back, and others stay", async () => {
    const { db, changes, answer } = serving();
    const { now, leave } = await opened(changes.live(db.from("items").orderBy("place")));
    const refused = safe(changes.delete("items", "a"));
    void changes.update("items", "c", { title: "C" });
    expect(now()).toBe("bC?");
    await answer(Response.json({ message: "No." }, { status: 403 }));
    expect((await refused).error?.status).toBe(403);
    expect(now()).toBe("abC?");
    leave();
  });

  test("obeys filter and order", async () => {
    const { db, changes } = serving();
    const query = db.from("items").where(filter`place < ${9}`).orderBy("-place");
    const { now, leave } = await opened(changes.live(query, { perPage: 3 }));
    void changes.create("items", { title: "n", place: 2 });
    expect(now()).toBe("n?ab");
    void changes.update("items", "a", { place: 9 });
    expect(now()).toBe("n?bc");
    void changes.create("items", { title: "x", place: 10 });
    expect(now()).toBe("n?bc");
    leave();
  });

  test.each([
    ["place", { title: "n", place: 2.5 }, "abn?c"],
    ["-place", { title: "n", place: 4 }, "n?abc"],
    ["-@rowid", { title: "n" }, "n?abc"],
    ["", { title: "n" }, "abcn?"],
    ["@random", { title: "n" }, "abc"],
  ])("a new record in the order %s", async (sort, body, expected) => {
    const { db, changes } = serving();
    const query = sort === "" ? db.from("items") : db.from("items").orderBy(sort as "place");
    const { now, leave } = await opened(changes.live(query));
    void changes.create("items", body);
    expect(now()).toBe(expected);
    leave();
  });

  test("a query that only the server can judge changes what it shows at its place", async () => {
    const { db, changes } = serving();
    const query = db.from("items").where(filter`owner = @request.auth.id`);
    const { now, leave } = await opened(changes.live(query));
    void changes.update("items", "b", { title: "B", place: 7 });
    void changes.create("items", { title: "n" });
    void changes.delete("items", "a");
    expect(now()).toBe("B?c");
    leave();
  });

  test("fields that were not asked for are not shown", async () => {
    const { db, changes, kept } = serving();
    kept.items = [{ id: "a", title: "a" } as Item];
    const list = changes.live(db.from("items").select("id", "title"));
    const { leave } = await opened(list);
    void changes.update("items", "a", { title: "A", place: 7 });
    expect(list.current.items).toEqual([{ id: "a", title: "A", $pending: true }]);
    leave();
  });

  test("also in lists that were read by other means, and in an iteration", async () => {
    const { db, changes, answer } = serving();
    const query = db.from("items").orderBy("place");
    const { items } = await query.page();
    const told: string[] = [];
    changes.watch((collection) => told.push(collection));
    const work = changes.run(
      { collection: "items", action: "delete", record: "a", body: {} },
      () => db.from("items").delete("a"),
    );
    expect(text(changes.show(query, items))).toBe("bc");
    expect(changes.show(db.from("items" as never), items)).toHaveLength(2);
    for await (const list of changes.live(query)) {
      expect(text(list.items)).toBe("bc");
      break;
    }
    await answer(new Response(null, { status: 204 }));
    await work;
    expect(told).toEqual(["items", "items"]);
    expect(text(changes.show(query, items))).toBe("bc");
  });
});
