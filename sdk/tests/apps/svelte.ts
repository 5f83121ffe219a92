import { mount as mountComponent, unmount } from "svelte";
import type { Mount } from "./board.js";
import Page from "./Page.svelte";

export const mount: Mount = (target, board) => {
  const app = mountComponent(Page, { target, props: { board } });
  return () => void unmount(app);
};
