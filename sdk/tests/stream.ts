/** A server in memory that streams events; tests say what it tells and when it breaks. */
import { createClient } from "../src/index.js";

/** What a request to subscribe said. */
export interface Asked {
  clientId: string;
  subscriptions: string[];
  since?: string;
  token: string | null;
}

/** Answers `POST /api/realtime`; 204 where it says nothing. */
export type Judge = (asked: Asked) => Response | void;

/** Makes a client and the server that it talks to. */
export function streaming(judge: Judge = () => undefined, lists: (url: URL) => Response = empty) {
  const asked: Asked[] = [];
  const requests: { url: URL; headers: Headers }[] = [];
  const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  const state = { down: false };
  const fetcher: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const headers = new Headers(init?.headers);
    if (state.down) throw new TypeError("gone");
    if (url.pathname !== "/api/realtime") {
      requests.push({ url, headers });
      return lists(url);
    }
    if (init?.method === "POST") {
      const told = { ...JSON.parse(String(init.body)), token: headers.get("authorization") };
      asked.push(told);
      return judge(told) ?? new Response(null, { status: 204 });
    }
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        streams.push(controller);
        const clientId = `client${streams.length}`;
        send(controller, "place0", "PB_CONNECT", { clientId });
        init?.signal?.addEventListener("abort", () => {
          controller.error(init.signal?.reason);
        });
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  };
  return {
    fetcher,
    client: createClient("http://server", { fetch: fetcher }),
    asked,
    requests,
    state,
    /** How many connections there were. */
    connections: () => streams.length,
    tell: (event: string, data: unknown, id = "") => send(streams.at(-1)!, id, event, data),
    write: (text: string) => streams.at(-1)!.enqueue(new TextEncoder().encode(text)),
    drop: () => streams.at(-1)!.error(new TypeError("cut")),
    close: () => streams.at(-1)!.close(),
  };
}

function send(
  stream: ReadableStreamDefaultController<Uint8Array>,
  id: string,
  event: string,
  data: unknown,
): void {
  const first = id === "" ? "" : `id:${id}\n`;
  const text = `${first}event:${event}\ndata:${JSON.stringify(data)}\n\n`;
  stream.enqueue(new TextEncoder().encode(text));
}

function empty(): Response {
  return Response.json({ items: [] });
}

/** Waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 4000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`It never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
