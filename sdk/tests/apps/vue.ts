import { createApp, defineComponent, h, ref, shallowRef } from "vue";
import { useAuth, useLive, useMutation, useQuery, useRecord } from "../../src/vue/index.js";
import { create, tasks, type Board, type Mount } from "./board.js";

const page = (board: Board) =>
  defineComponent(() => {
    const { db, id } = board;
    const onlyOpen = ref(true);
    const list = useLive(() => tasks(board, onlyOpen.value));
    const again = useLive(shallowRef(tasks(board, true)));
    const page = useQuery(db.from("tasks"), { perPage: 1, total: true });
    const one = useRecord(db.from("tasks"), id, { live: true });
    const refused = useQuery(db.from("locked"));
    const nothing = useRecord(db.from("tasks"), null);
    const { record } = useAuth(db);
    const adding = useMutation(create(board), { refreshes: db.from("tasks") });
    return () => [
      h("ul", { id: "live", "data-state": list.state.value }, [
        list.items.value.map(({ id, title }) => h("li", { key: id }, title)),
      ]),
      h("p", { id: "again" }, again.items.value.length),
      h("p", { id: "page" }, page.data.value?.totalItems),
      h("p", { id: "one" }, one.data.value?.title ?? one.error.value?.code),
      h("p", { id: "refused" }, refused.error.value?.status),
      h("p", { id: "nothing" }, String(nothing.pending.value)),
      h("p", { id: "who" }, record.value?.email ?? "nobody"),
      h("button", { id: "add", onClick: () => adding.run("new") }),
      h("button", { id: "break", onClick: () => adding.run("") }),
      h("button", { id: "filter", onClick: () => (onlyOpen.value = !onlyOpen.value) }),
      h(
        "p",
        { id: "adding", "data-pending": String(adding.pending.value) },
        adding.error.value?.fields.title?.code ?? adding.data.value?.title,
      ),
    ];
  });

export const mount: Mount = (element, board) => {
  const app = createApp(page(board));
  app.mount(element);
  return () => app.unmount();
};
