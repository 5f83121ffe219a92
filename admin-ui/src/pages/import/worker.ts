/** Reads and converts a file away from the page, so that the page never waits for it. */
import { open, Parts } from "./table.ts";
import { Unreadable } from "./trouble.ts";
import type { Question, Reply } from "./reader.ts";

let parts: Parts | undefined;

async function answer(question: Question): Promise<unknown> {
  switch (question.ask) {
    case "open":
      return open(question.file, question.reading);
    case "begin":
      await parts?.end();
      parts = new Parts(question.file, question.reading, question.columns, question.mapping);
      return undefined;
    case "next":
      return parts?.next(question.limits);
  }
}

addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  let reply: Reply;
  try {
    reply = { found: await answer(data) };
  } catch (error) {
    if (error instanceof Unreadable) reply = { trouble: error.trouble };
    else reply = { trouble: { key: "import.trouble.file", values: { reason: String(error) } } };
  }
  postMessage(reply);
});
