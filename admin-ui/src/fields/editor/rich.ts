/** The formatted view itself, loaded when a text is first edited. */
import { Editor } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";

export type { Editor };

/** What the editor is opened with. */
export interface RichOptions {
  element: HTMLElement;
  html: string;
  /** For the element in which one writes. */
  attributes: () => Record<string, string>;
  /** Somebody changed the text. */
  onchange: (html: string) => void;
  /** The cursor or the text changed, and so what the toolbar shows. */
  onmove: () => void;
}

/** Opens an editor; whoever opens it ends it by `destroy`. */
export function openRich({ element, html, attributes, onchange, onmove }: RichOptions): Editor {
  return new Editor({
    element,
    content: html,
    // Styles come with the page: its policy allows no others.
    injectCSS: false,
    extensions: [
      StarterKit.configure({
        link: {
          openOnClick: false,
          autolink: true,
          HTMLAttributes: { target: null, rel: null, class: null },
        },
      }),
    ],
    editorProps: { attributes },
    onUpdate: ({ editor }) => onchange(editor.isEmpty ? "" : editor.getHTML()),
    onTransaction: onmove,
  });
}
