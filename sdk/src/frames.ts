/** Reading server-sent events from the body of an answer, so that no `EventSource` is needed. */

/** One event. */
export interface Frame {
  id: string;
  event: string;
  data: string;
}

/** The events of a stream, until it ends or fails. */
export async function* frames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const blocks = text.split(/\r?\n\r?\n/);
    text = blocks.pop() ?? "";
    for (const block of blocks) yield frame(block);
  }
}

function frame(block: string): Frame {
  const made: Frame = { id: "", event: "", data: "" };
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === "data") made.data += made.data === "" ? value : `\n${value}`;
    else if (name === "id" || name === "event") made[name] = value;
  }
  return made;
}
