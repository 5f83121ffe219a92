/** What the same page in every framework shows, so that one test judges them all. */
import type { Client } from "../../src/index.js";

export interface Task {
  title: string;
  open: boolean;
}

export interface Schema {
  tasks: { record: Task };
  locked: { record: Task };
  users: { record: { email: string } };
}

export interface Board {
  db: Client<Schema>;
  /** The id of a task. */
  id: string;
}

/** Puts the page into an element; returns how to take it away. */
export type Mount = (root: HTMLElement, board: Board) => () => void;

/** The list that the page follows. */
export const tasks = ({ db }: Board, onlyOpen: boolean) => {
  const all = db.from("tasks").orderBy("title");
  return onlyOpen ? all.where((task) => task.open.is(true)) : all;
};

export const create =
  ({ db }: Board) =>
  (title: string) =>
    db.from("tasks").create({ title, open: true });
