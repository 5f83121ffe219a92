/**
 * The editor itself, apart from the page so that it is loaded when it is first needed. It lives in
 * a shadow root: only there are its styles no style elements, which the dashboard's policy forbids.
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import {
  EditorView,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
  tooltips,
} from "@codemirror/view";
import type { Editor, EditorOptions, EditorState as Shown, Language } from "./kind.ts";
import { load } from "./languages.ts";
import { look } from "./look.ts";

/** Marks a change that the page made and need not be told of. */
const fromOutside = Annotation.define<true>();

/** Opens an editor in a shadow root. */
export function open(root: ShadowRoot, parent: Element, options: EditorOptions): Editor {
  const changing = new Compartment();
  const language = new Compartment();
  const view = new EditorView({
    root,
    parent,
    doc: options.value,
    extensions: [
      keys(options),
      fixed(options),
      language.of([]),
      changing.of(changeable(options)),
      options.extensions,
      EditorView.updateListener.of(({ docChanged, transactions, state }) => {
        const own = transactions.some((each) => each.docChanged && !each.annotation(fromOutside));
        if (docChanged && own) options.onchange(state.doc.toString());
      }),
    ],
  });
  let written: Language | undefined;
  let told: string | undefined;
  const show = (state: Shown) => {
    if (state.language !== written) {
      written = state.language;
      void speak(view, language, state.language, () => written === state.language);
    }
    replace(view, state.value);
    // Whatever the editor does puts its own selection back: nothing is done for nothing.
    const { value, label, readonly, placeholder, problem, marks } = state;
    const now = JSON.stringify({ label, readonly, placeholder, problem, marks });
    const isMarked = state.problem !== undefined || state.marks.length > 0;
    if (now !== told) view.dispatch({ effects: changing.reconfigure(changeable(state)) });
    if (now !== told || isMarked) {
      view.dispatch(setDiagnostics(view.state, diagnosticsOf(state, value.length)));
    }
    told = now;
  };
  show(options);
  return {
    show,
    focus: () => view.focus(),
    select(from, to) {
      view.focus();
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
    },
    close: () => view.destroy(),
  };
}

/** What an editor is made of as long as it is open. */
function fixed({ oneLine, complete }: EditorOptions): Extension {
  return [
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false, ...(complete && { override: [whileFocused(complete)] }) }),
    tooltips({ position: "fixed" }),
    look,
    EditorView.lineWrapping,
    typeOver,
    EditorView.contentAttributes.of({ "aria-multiline": String(!oneLine), tabindex: "0" }),
    oneLine ? [] : [lineNumbers(), highlightActiveLineGutter(), indentOnInput()],
  ];
}

/** What is found after somebody has left is offered to nobody. */
function whileFocused(complete: CompletionSource): CompletionSource {
  return (context) => (context.view?.hasFocus === false ? null : complete(context));
}

/**
 * Types over what is selected. A browser that does so by itself gives the new text the colours of
 * the old one by a style attribute, which the dashboard's policy forbids.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType, isComposing } = event;
    const { from, to } = selectedIn(view);
    if (inputType !== "insertText" || data === null || isComposing || from === to) return false;
    event.preventDefault();
    const insert = () =>
      view.state.update({
        changes: { from, to, insert: data },
        selection: { anchor: from + data.length },
        userEvent: "input.type",
        scrollIntoView: true,
      });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, data, insert))) view.dispatch(insert());
    return true;
  },
});

/** What is selected by now; the editor learns of it a moment later. */
function selectedIn(view: EditorView): { from: number; to: number } {
  // Not every browser has it in shadow roots; those that have not look into them from outside.
  const root = "getSelection" in view.root ? (view.root as Document) : document;
  const selection = root.getSelection();
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection ?? {};
  const isInside = [anchorNode, focusNode].every((node) => view.contentDOM.contains(node ?? null));
  if (!anchorNode || !focusNode || !isInside) return view.state.selection.main;
  const anchor = view.posAtDOM(anchorNode, anchorOffset);
  const head = view.posAtDOM(focusNode, focusOffset);
  return { from: Math.min(anchor, head), to: Math.max(anchor, head) };
}

/** Tab leaves the editor, so that nobody is caught in it, unless it takes what is offered. */
function keys({ oneLine, onsubmit }: EditorOptions): Extension {
  const submit = () => {
    onsubmit?.();
    return onsubmit !== undefined;
  };
  return [
    Prec.highest(
      keymap.of([
        { key: "Tab", run: acceptCompletion },
        // A dialog around the editor stays open while what is offered is put away.
        { key: "Escape", run: closeCompletion, stopPropagation: true },
      ]),
    ),
    keymap.of(completionKeymap),
    keymap.of([
      { key: "Mod-Enter", run: submit },
      ...(oneLine ? [{ key: "Enter", run: () => submit() || true }] : []),
    ]),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
  ];
}

function changeable({ label, readonly, placeholder: text, problem }: Shown): Extension {
  return [
    EditorState.readOnly.of(readonly),
    placeholder(text),
    EditorView.contentAttributes.of({
      "aria-label": label,
      ...(readonly && { "aria-readonly": "true" }),
      ...(problem && { "aria-invalid": "true", "aria-description": problem.message }),
    }),
  ];
}

async function speak(
  view: EditorView,
  compartment: Compartment,
  language: Language,
  isWanted: () => boolean,
): Promise<void> {
  const extension = await load(language);
  if (isWanted()) view.dispatch({ effects: compartment.reconfigure(extension) });
}

/** Shows another text. What is the same at both ends stays, and so does the cursor in it. */
function replace(view: EditorView, value: string): void {
  const shown = view.state.doc.toString();
  if (shown === value) return;
  const shorter = Math.min(shown.length, value.length);
  let from = 0;
  while (from < shorter && shown[from] === value[from]) from += 1;
  let tail = 0;
  while (tail < shorter - from && shown.at(-1 - tail) === value.at(-1 - tail)) tail += 1;
  view.dispatch({
    changes: { from, to: shown.length - tail, insert: value.slice(from, value.length - tail) },
    annotations: fromOutside.of(true),
  });
}

/** What is underlined. A text that ends too early is wrong at its last character. */
function diagnosticsOf({ problem, marks }: Shown, length: number): Diagnostic[] {
  const placed = problem?.from === undefined ? [] : [{ ...problem, from: problem.from }];
  return [...placed, ...marks].map(({ from, to, message }) => {
    const start = Math.max(0, Math.min(from, length - 1));
    const end = Math.min(length, Math.max(to ?? 0, start + 1));
    return { from: start, to: end, message, severity: "error" };
  });
}
