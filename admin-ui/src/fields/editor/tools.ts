/** What can be done to a piece of a formatted text. */
import Bold from "@lucide/svelte/icons/bold";
import Code from "@lucide/svelte/icons/code";
import Italic from "@lucide/svelte/icons/italic";
import List from "@lucide/svelte/icons/list";
import ListOrdered from "@lucide/svelte/icons/list-ordered";
import Minus from "@lucide/svelte/icons/minus";
import Quote from "@lucide/svelte/icons/quote";
import Redo from "@lucide/svelte/icons/redo-2";
import RemoveFormatting from "@lucide/svelte/icons/remove-formatting";
import SquareCode from "@lucide/svelte/icons/square-code";
import Strikethrough from "@lucide/svelte/icons/strikethrough";
import Underline from "@lucide/svelte/icons/underline";
import Undo from "@lucide/svelte/icons/undo-2";
import type { Component } from "svelte";
import type { Key } from "../../messages/en.ts";
import type { Editor } from "./rich.ts";

/** One button of the toolbar. */
export interface Tool {
  label: Key;
  icon: Component<{ size?: number }>;
  run: (editor: Editor) => void;
  /** Is the cursor in such a piece? Left out where that makes no sense. */
  isOn?: (editor: Editor) => boolean;
}

const toggle = (
  mark: string,
  label: Key,
  icon: Tool["icon"],
  run: (chain: ReturnType<Editor["chain"]>) => ReturnType<Editor["chain"]>,
): Tool => ({
  label,
  icon,
  run: (editor) => run(editor.chain().focus()).run(),
  isOn: (editor) => editor.isActive(mark),
});

export const TOOLS: Tool[] = [
  toggle("bold", "rich.bold", Bold, (chain) => chain.toggleBold()),
  toggle("italic", "rich.italic", Italic, (chain) => chain.toggleItalic()),
  toggle("underline", "rich.underline", Underline, (chain) => chain.toggleUnderline()),
  toggle("strike", "rich.strike", Strikethrough, (chain) => chain.toggleStrike()),
  toggle("code", "rich.code", Code, (chain) => chain.toggleCode()),
  toggle("bulletList", "rich.bullets", List, (chain) => chain.toggleBulletList()),
  toggle("orderedList", "rich.numbers", ListOrdered, (chain) => chain.toggleOrderedList()),
  toggle("blockquote", "rich.quote", Quote, (chain) => chain.toggleBlockquote()),
  toggle("codeBlock", "rich.codeBlock", SquareCode, (chain) => chain.toggleCodeBlock()),
  {
    label: "rich.rule",
    icon: Minus,
    run: (editor) => editor.chain().focus().setHorizontalRule().run(),
  },
  {
    label: "rich.plain",
    icon: RemoveFormatting,
    run: (editor) => editor.chain().focus().unsetAllMarks().clearNodes().run(),
  },
  { label: "rich.undo", icon: Undo, run: (editor) => editor.chain().focus().undo().run() },
  { label: "rich.redo", icon: Redo, run: (editor) => editor.chain().focus().redo().run() },
];
