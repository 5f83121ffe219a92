/** What a code editor is told, in types that cost nothing to load. */
import type { CompletionSource } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";

/** What is written. */
export type Language = "text" | "json" | "filter" | "javascript" | "typescript" | "graphql";

/** A piece of the text that is wrong; places are those of JavaScript's strings, from 0. */
export interface Mark {
  from: number;
  /** An empty piece is shown as the character that follows it. */
  to: number;
  /** Shown beside the piece, when it is pointed at. */
  message: string;
}

/** What is wrong with the text as a whole, and where, if that is known. */
export interface CodeProblem {
  message: string;
  /** The request's id in the server's log. */
  requestId?: string | undefined;
  from?: number;
  to?: number;
}

/** Everything that may change while an editor is open. */
export interface EditorState {
  /** Its name for screen readers. */
  label: string;
  value: string;
  language: Language;
  readonly: boolean;
  placeholder: string;
  problem: CodeProblem | undefined;
  marks: Mark[];
}

/** What an editor is opened with. */
export interface EditorOptions extends EditorState {
  /** Looks and acts as an input: Enter submits. */
  oneLine: boolean;
  /** What is offered to complete a word, beside what the language knows. */
  complete: CompletionSource | undefined;
  /** What only one place needs, such as the schema of a GraphQL editor. */
  extensions: Extension;
  onchange: (value: string) => void;
  onsubmit: (() => void) | undefined;
}

/** An editor that is open. */
export interface Editor {
  show(state: EditorState): void;
  focus(): void;
  /** Selects a piece and brings it into view. */
  select(from: number, to: number): void;
  close(): void;
}
