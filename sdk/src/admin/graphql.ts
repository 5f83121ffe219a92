/** Subscriptions of GraphQL, told as they come: for whoever tries them out. */
import { frames } from "../frames.js";
import { LugeError } from "../errors.js";
import { read, type RequestOptions, type Transport } from "../transport.js";

/** What GraphQL answers. */
export interface GraphAnswer {
  data?: unknown;
  errors?: { message: string }[];
}

/** A document, and what it is carried out with. */
export interface GraphRequest {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

/** As whom, and until when. */
export interface GraphOptions extends RequestOptions {
  /** The token to send instead of the session's; the empty text is a guest's. */
  token?: string;
}

/** The GraphQL of a server. */
export class GraphQl {
  constructor(private readonly transport: Transport) {}

  /** Listens until the server or the signal ends it, which resolves; rejects what is refused. */
  async subscribe(
    request: GraphRequest,
    tell: (answer: GraphAnswer) => void,
    options: GraphOptions = {},
  ): Promise<void> {
    const outgoing = {
      ...options,
      method: "POST",
      body: request,
      headers: { ...options.headers, Accept: "text/event-stream" },
      timeout: 0,
    };
    try {
      await this.transport.exchange("/api/graphql", outgoing, (answer) => told(answer, tell));
    } catch (error) {
      if (!options.signal?.aborted) throw error;
    }
  }
}

async function told(answer: Response, tell: (answer: GraphAnswer) => void): Promise<void> {
  const type = answer.headers.get("content-type") ?? "";
  if (!answer.ok || !type.startsWith("text/event-stream")) {
    // What is refused before it begins is JSON.
    tell(await read<GraphAnswer>(answer));
    return;
  }
  if (!answer.body) {
    throw new LugeError("This fetch cannot stream.", { code: "no_streaming" });
  }
  for await (const { event, data } of frames(answer.body)) {
    if (event === "complete") return;
    if (event === "next") tell(JSON.parse(data) as GraphAnswer);
  }
}
