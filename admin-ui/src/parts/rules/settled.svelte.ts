/** A text that somebody types: what is said of it waits until they pause. */
import type { Finding } from "./check.ts";
import type { CodeProblem } from "../code/kind.ts";

const PAUSE_MS = 450;

export class Settled {
  /** The text at the last pause. */
  private text = $state.raw<string>();
  private known = $state.raw<Finding[]>([]);
  private answer = $state.raw<{ text: string; problem: CodeProblem | undefined }>();

  /** Follows the text; asks, if anybody can be asked, once it rests and nothing is found in it. */
  follow(
    text: string,
    findings: Finding[],
    ask: ((signal: AbortSignal) => Promise<CodeProblem | undefined>) | undefined,
  ): () => void {
    const controller = new AbortController();
    const pause = setTimeout(() => {
      this.text = text;
      this.known = findings;
      if (ask && findings.length === 0 && text.trim() !== "") {
        void this.hear(text, ask(controller.signal), controller.signal);
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(pause);
      controller.abort();
    };
  }

  /** What is said now: all of it at rest, and before that what has been said already. */
  shown(text: string, findings: Finding[]): Finding[] {
    if (this.text === text) return findings;
    const said = this.known.map(({ message }) => message);
    return findings.filter(({ message }) => said.includes(message));
  }

  /** What the server says of the text as it is. */
  answerTo(text: string): CodeProblem | undefined {
    return this.answer?.text === text ? this.answer.problem : undefined;
  }

  private async hear(
    text: string,
    asked: Promise<CodeProblem | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    const problem = await asked;
    if (!signal.aborted) this.answer = { text, problem };
  }
}
