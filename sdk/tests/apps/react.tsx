import { StrictMode, Suspense, useState } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { useAuth, useLive, useMutation, useQuery, useRecord } from "../../src/react/index.js";
import type { Page, StoredRecord } from "../../src/index.js";
import { create, tasks, type Board, type Mount, type Task } from "./board.js";

function Whole(board: Board) {
  const { db, id } = board;
  const [onlyOpen, setOnlyOpen] = useState(true);
  const list = useLive(tasks(board, onlyOpen));
  const page = useQuery(db.from("tasks"), { perPage: 1, total: true });
  const one = useRecord(db.from("tasks"), id, { live: true });
  const refused = useQuery(db.from("locked"));
  const nothing = useRecord(db.from("tasks"), null);
  const { record } = useAuth(db);
  const adding = useMutation(create(board), { refreshes: db.from("tasks") });
  return (
    <>
      <ul id="live" data-state={list.state}>
        {list.items.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
      <Again {...board} />
      <p id="page">{page.data?.totalItems}</p>
      <p id="one">{one.data?.title ?? one.error?.code}</p>
      <p id="refused">{refused.error?.status}</p>
      <p id="nothing">{String(nothing.pending)}</p>
      <p id="who">{record?.email ?? "nobody"}</p>
      <button id="add" onClick={() => void adding.run("new")} />
      <button id="break" onClick={() => void adding.run("")} />
      <button id="filter" onClick={() => setOnlyOpen(!onlyOpen)} />
      <p id="adding" data-pending={adding.pending}>
        {adding.error?.fields.title?.code ?? adding.data?.title}
      </p>
      <Suspense fallback={<p id="waiting" />}>
        <Suspended {...board} />
      </Suspense>
    </>
  );
}

function Again(board: Board) {
  return <p id="again">{useLive(tasks(board, true)).items.length}</p>;
}

function Suspended({ db }: Board) {
  const { data } = useQuery(db.from("tasks"), { perPage: 2, suspense: true });
  return <p id="suspended">{data!.items.length}</p>;
}

export const mount: Mount = (element, board) => {
  const root = createRoot(element);
  root.render(
    <StrictMode>
      <Whole {...board} />
    </StrictMode>,
  );
  return () => root.unmount();
};

function Brought({ board, initial }: { board: Board; initial: Page<Task & StoredRecord> }) {
  const { db } = board;
  const list = useLive(tasks(board, true), { initial: initial.items });
  const { data } = useQuery(db.from("tasks").orderBy("title"), { initial });
  const { record } = useAuth(db);
  const titles = list.items.map(({ title }) => title);
  return (
    <>
      <p id="brought">{titles.join(",")}</p>
      <p id="read">{data?.items.length}</p>
      <p id="who">{record?.email ?? "nobody"}</p>
    </>
  );
}

/** Wakes a page up that was made before; what React had to mend is added to `mended`. */
export function wake(element: HTMLElement, board: Board, mended: string[]): () => void {
  const record = { collectionId: "c", collectionName: "tasks", open: true };
  const items = [{ ...record, id: board.id, title: "brought" }];
  const initial = { items, page: 1, perPage: 30, totalItems: -1, totalPages: -1 };
  const view = <Brought board={board} initial={initial} />;
  element.innerHTML = renderToString(view);
  const onRecoverableError = (error: unknown) => mended.push(String(error));
  const root = hydrateRoot(element, view, { onRecoverableError });
  return () => root.unmount();
}
