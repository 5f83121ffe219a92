/** Sends a request as it is and gives its answer as it is, whatever the status. */
import { client } from "../../backend.ts";

type Outgoing = Parameters<typeof client.transport.exchange>[1];

/** An answer. */
export interface Answer {
  status: number;
  /** Milliseconds until all of it was there. */
  milliseconds: number;
  headers: [name: string, value: string][];
  text: string;
}

/** Sends it; rejects only where no answer came. */
export async function exchange(path: string, outgoing: Outgoing): Promise<Answer> {
  const begun = performance.now();
  return client.transport.exchange(path, outgoing, async (answer) => {
    const text = await answer.text();
    const milliseconds = Math.round(performance.now() - begun);
    return { status: answer.status, milliseconds, headers: [...answer.headers], text };
  });
}

/** JSON as people read it; anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
