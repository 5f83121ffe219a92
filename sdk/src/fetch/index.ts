/**
 * The entry point for looking into requests: what happens before and after each of them, and a
 * log of them as commands for a terminal.
 */

/** What happens around a request. */
export interface Around {
  /** May give another request instead, or fail it by throwing. */
  before?: (request: Request) => Request | void | Promise<Request | void>;
  /** May give another answer; `milliseconds` until its headers were there. */
  after?: (
    answer: Response,
    request: Request,
    milliseconds: number,
  ) => Response | void | Promise<Response | void>;
  /** Is told why there was no answer, such as a network that is gone. */
  failed?: (error: unknown, request: Request) => void;
}

/**
 * A `fetch` for `createClient`: `createClient(url, { fetch: around({ before, after }) })`. Several
 * are passed through in their order, and back.
 */
export function around(first: Around, ...others: Around[]): typeof fetch {
  const all = [first, ...others];
  return async (input, init) => {
    let request = new Request(input, init);
    for (const { before } of all) request = (await before?.(request)) ?? request;
    const began = performance.now();
    try {
      // A copy is sent, so that whoever looks afterwards can still read the body.
      let answer = await globalThis.fetch(request.body ? request.clone() : request);
      const took = performance.now() - began;
      for (const { after } of [...all].reverse()) {
        answer = (await after?.(answer, request, took)) ?? answer;
      }
      return answer;
    } catch (error) {
      for (const { failed } of all) failed?.(error, request);
      throw error;
    }
  };
}

/** How requests are logged. */
export interface LogOptions {
  /** Where lines go; by default the console's debug level. */
  write?: (line: string) => void;
  /** Shows tokens; without it they are left out, so that a log can be shown to others. */
  tokens?: boolean;
}

/** Logs each request as a `curl` command to copy, with what became of it. */
export function logged({ write = console.debug, tokens = false }: LogOptions = {}): Around {
  return {
    after: async (answer, request, took) => {
      const id = answer.headers.get("x-request-id");
      const result = `# ${answer.status} in ${Math.round(took)} ms${id ? `, request ${id}` : ""}`;
      write(`${await asCurl(request, tokens)}\n${result}`);
    },
    failed: async (error, request) =>
      write(`${await asCurl(request, tokens)}\n# no answer: ${String(error)}`),
  };
}

/** A request as a command; a body that is no text is named only. */
export async function asCurl(request: Request, tokens = false): Promise<string> {
  const words = ["curl", "-X", request.method, quoted(request.url)];
  for (const [name, value] of request.headers) {
    const secret = name === "authorization" && !tokens;
    words.push("-H", quoted(`${name}: ${secret ? "$TOKEN" : value}`, secret));
  }
  const type = request.headers.get("content-type") ?? "";
  if (/json|^text\//.test(type)) words.push("--data-raw", quoted(await request.clone().text()));
  else if (type !== "") words.push("--data-binary", "@BODY");
  return words.join(" ");
}

/** For a shell; in double quotes where a variable stands in it. */
function quoted(text: string, variable = false): string {
  return variable ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
