import { createSignal, For } from "solid-js";
import h from "solid-js/h";
import { render } from "solid-js/web";
import { useAuth, useLive, useMutation, useQuery, useRecord } from "../../src/solid/index.js";
import { create, tasks, type Board, type Mount } from "./board.js";

function page(board: Board) {
  const { db, id } = board;
  const [onlyOpen, setOnlyOpen] = createSignal(true);
  const list = useLive(() => tasks(board, onlyOpen()));
  const again = useLive(() => tasks(board, true));
  const page = useQuery(
    () => db.from("tasks"),
    () => ({ perPage: 1, total: true }),
  );
  const one = useRecord(
    () => db.from("tasks"),
    () => id,
    () => ({ live: true }),
  );
  const refused = useQuery(() => db.from("locked"));
  const nothing = useRecord(
    () => db.from("tasks"),
    () => null,
  );
  const auth = useAuth(db);
  const adding = useMutation(create(board), { refreshes: db.from("tasks") });
  const item = (task: { title: string }) => h("li", task.title);
  return [
    h("ul", { id: "live", "data-state": () => list.state }, () =>
      // A part of a page without JSX.
      For({ get each() { return list.items; }, children: item as never }),
    ),
    h("p", { id: "again" }, () => again.items.length),
    h("p", { id: "page" }, () => page.data?.totalItems),
    h("p", { id: "one" }, () => one.data?.title ?? one.error?.code),
    h("p", { id: "refused" }, () => refused.error?.status),
    h("p", { id: "nothing" }, () => String(nothing.pending)),
    h("p", { id: "who" }, () => auth.record?.email ?? "nobody"),
    h("button", { id: "add", onClick: () => adding.run("new") }),
    h("button", { id: "break", onClick: () => adding.run("") }),
    h("button", { id: "filter", onClick: () => setOnlyOpen(!onlyOpen()) }),
    h(
      "p",
      { id: "adding", "data-pending": () => String(adding.pending) },
      () => adding.error?.fields.title?.code ?? adding.data?.title,
    ),
  ];
}

export const mount: Mount = (element, board) => render(() => page(board) as never, element);
