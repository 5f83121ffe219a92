/** Addresses of files, and uploads over a server that breaks. */
import { describe, expect, test, vi } from "vitest";
import { fileSources, fileUrl, nativeBody, readFile, upload } from "../src/files/index.js";
import { createClient, isAborted, safe } from "../src/index.js";

const db = createClient("http://server/");
const post = {
  id: "r/1",
  collectionId: "c1",
  collectionName: "posts",
  cover: "a b.png",
  none: "",
  pages: ["1.png", "2.png"],
};

describe("addresses", () => {
  test.each([
    [fileUrl(db, post, "cover"), "http://server/api/files/c1/r%2F1/a%20b.png"],
    [
      fileUrl(db, post, "cover", { thumb: "10x0", format: "webp", token: "t", download: true }),
      "http://server/api/files/c1/r%2F1/a%20b.png?thumb=10x0&format=webp&token=t&download=true",
    ],
    [fileUrl(db, post, "pages", { at: 1 }), "http://server/api/files/c1/r%2F1/2.png"],
    [fileUrl(db, post, "pages", { at: 2 }), undefined],
    [fileUrl(db, post, "none"), undefined],
    [fileSources(db, post, "none", [1]), ""],
    [
      fileSources(db, post, "cover", [320, 640]),
      "http://server/api/files/c1/r%2F1/a%20b.png?thumb=320x0 320w, " +
        "http://server/api/files/c1/r%2F1/a%20b.png?thumb=640x0 640w",
    ],
  ])("%s", (made, wanted) => expect(made).toBe(wanted));
});

describe("contents", () => {
  const asked: string[] = [];
  const answering = (answer: () => Response) =>
    createClient("http://server", {
      fetch: async (url) => {
        asked.push(String(url));
        return answer();
      },
    });

  test("are read whole, with the token and the thumb that is asked for", async () => {
    const server = answering(() => new Response("sled"));
    const content = await readFile(server, post, "pages", { at: 1, token: "t" });
    expect(await content.text()).toBe("sled");
    expect(asked).toEqual(["http://server/api/files/c1/r%2F1/2.png?token=t"]);
  });

  test.each([
    [() => Response.json({ status: 404, message: "Gone.", data: {} }, { status: 404 }), "cover"],
    [() => new Response("sled"), "none"],
  ] as const)("that are not there are told", async (answer, field) => {
    const { error } = await safe(readFile(answering(answer), post, field));
    expect(error?.code).toMatch(field === "none" ? /^no_file$/ : /./);
  });
});

test("files of a phone travel beside the other values", async () => {
  /** As that of React Native, which takes objects where browsers make them a text. */
  class NativeForm extends FormData {
    readonly parts: [string, unknown][] = [];
    override append(name: string, value: unknown) {
      this.parts.push([name, value]);
    }
  }
  vi.stubGlobal("FormData", NativeForm);
  const sent: RequestInit[] = [];
  const client = createClient<{ posts: { record: { title: string; cover: string; at: object } } }>(
    "http://server",
    { fetch: async (_, init) => (sent.push(init ?? {}), Response.json({ id: "1" })) },
  );
  const photo = { uri: "file:///a.jpg", name: "a.jpg", type: "image/jpeg" };
  const at = { uri: "just a value" };
  await client.from("posts").create(nativeBody({ title: "x", cover: photo, at }));
  const two = nativeBody({ cover: [photo, photo], title: "y", none: [] as string[] });
  vi.unstubAllGlobals();
  const { parts } = sent[0]?.body as NativeForm;
  expect(parts).toEqual([
    ["cover", photo],
    ["@jsonPayload", JSON.stringify({ title: "x", at })],
  ]);
  expect(new Headers(sent[0]?.headers).has("content-type")).toBe(false);
  expect((two as unknown as NativeForm).parts.map(([name]) => name)).toEqual([
    "cover",
    "cover",
    "@jsonPayload",
  ]);
});

/** A server of uploads that fails where `judge` says so, before or after it kept the bytes. */
function receiver(judge: (method: string, count: number) => Response | "lost" | void = () => {}) {
  const kept = { bytes: "", metadata: "", made: 0 };
  const methods: string[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    const method = init?.method ?? "GET";
    const headers = new Headers(init?.headers);
    expect(headers.get("tus-resumable")).toBe("1.0.0");
    methods.push(method);
    const verdict = judge(method, methods.filter((each) => each === method).length);
    if (verdict instanceof Response) return verdict;
    if (method === "POST") {
      kept.made += 1;
      kept.bytes = "";
      kept.metadata = headers.get("upload-metadata") ?? "";
      const location = `/api/files/uploads/u${kept.made}`;
      return new Response(null, { status: 201, headers: { Location: location } });
    }
    expect(String(input)).toBe(`http://server/api/files/uploads/u${kept.made}`);
    if (method === "PATCH") {
      expect(headers.get("upload-offset")).toBe(`${kept.bytes.length}`);
      kept.bytes += await (init?.body as Blob).text();
    }
    if (verdict === "lost") throw new TypeError("cut");
    const extent = { "Upload-Offset": `${kept.bytes.length}` };
    return new Response(null, { status: method === "HEAD" ? 200 : 204, headers: extent });
  };
  return { client: createClient("http://server", { fetch: fetcher }), kept, methods };
}

function remembering() {
  const map = new Map<string, string>();
  const storage = {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
  return { map, storage };
}

const file = new File(["0123456789"], "né.txt", { type: "text/plain" });
const pieceBytes = 4;

describe("uploads", () => {
  test("come in pieces, and tell how far they are", async () => {
    const { client, kept, methods } = receiver();
    const told: number[] = [];
    const taken = await upload(client, file, {
      pieceBytes,
      onProgress: ({ ratio }) => told.push(ratio),
    });
    expect([taken, kept.bytes]).toEqual(["upload:u1", "0123456789"]);
    expect(told).toEqual([0, 0.4, 0.8, 1]);
    expect(kept.metadata).toBe("filename bsOpLnR4dA==,filetype dGV4dC9wbGFpbg==");
    expect(methods).toEqual(["POST", "PATCH", "PATCH", "PATCH"]);
  });

  test("an empty one is only begun", async () => {
    const { client, methods } = receiver();
    expect(await upload(client, new Blob([]))).toBe("upload:u1");
    expect(methods).toEqual(["POST"]);
  });

  test("go on where the server is, after what was lost before or behind it", async () => {
    const { client, kept, methods } = receiver((method, count) => {
      if (method === "PATCH" && count === 2) return "lost";
      if (method === "PATCH" && count === 3) return Response.json({}, { status: 503 });
    });
    expect(await upload(client, file, { pieceBytes })).toBe("upload:u1");
    expect(kept.bytes).toBe("0123456789");
    expect(methods.filter((method) => method === "HEAD")).toHaveLength(2);
  });

  test.each([400, 403, 413])("a refusal with %i ends it at once", async (status) => {
    const { client, methods } = receiver(() => Response.json({ message: "No." }, { status }));
    expect((await safe(upload(client, file))).error?.status).toBe(status);
    expect(methods).toEqual(["POST"]);
  });

  test("it is given up when it never goes on", async () => {
    const { client, methods } = receiver((method) => {
      if (method === "PATCH") return Response.json({}, { status: 503 });
    });
    const { error } = await safe(upload(client, new Blob(["0123456789"]), { attempts: 2 }));
    expect(error?.status).toBe(503);
    await vi.waitFor(() => expect(methods.join()).toBe("POST,PATCH,HEAD,PATCH,DELETE"));
  });

  test("a storage remembers the unfinished, and forgets the finished and the unknown", async () => {
    const { map, storage } = remembering();
    let broken = true;
    const { client, kept, methods } = receiver((method, count) => {
      if (broken && method === "PATCH" && count === 2) return Response.json({}, { status: 400 });
      if (method === "HEAD" && count === 2) return Response.json({}, { status: 404 });
    });
    const options = { pieceBytes, storage };
    expect((await safe(upload(client, file, options))).error?.status).toBe(400);
    broken = false;
    expect(await upload(client, file, options)).toBe("upload:u1");
    expect([map.size, kept.made]).toEqual([0, 1]);
    map.set(`luge.upload http://server  né.txt 10 ${file.lastModified}`, "u9");
    expect(await upload(client, file, options)).toBe("upload:u2");
    expect(map.size).toBe(0);
  });

  test("a signal ends it", async () => {
    const controller = new AbortController();
    const { client } = receiver();
    const ended = upload(client, file, {
      pieceBytes,
      signal: controller.signal,
      onProgress: ({ sent }) => sent > 4 && controller.abort(),
    });
    expect(isAborted((await safe(ended)).error)).toBe(true);
  });

  test("what nobody can go on with is removed, and what is remembered stays", async () => {
    const cut = (method: string) => {
      if (method === "PATCH") return Response.json({}, { status: 400 });
    };
    const { client, methods } = receiver(cut);
    expect((await safe(upload(client, file, { pieceBytes }))).error?.status).toBe(400);
    await vi.waitFor(() => expect(methods).toEqual(["POST", "PATCH", "DELETE"]));
    const { map, storage } = remembering();
    const other = receiver(cut);
    expect((await safe(upload(other.client, file, { storage }))).error?.status).toBe(400);
    expect([...map.values()]).toEqual(["u1"]);
    expect(other.methods).toEqual(["POST", "PATCH"]);
  });
});
