/** Batches and files against a running server; see `server.test.ts`. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createAdminClient } from "../src/admin/index.js";
import { batch, type BatchError } from "../src/batch/index.js";
import { discard, fileToken, fileUrl, upload } from "../src/files/index.js";
import { createClient, isAborted, isNotFound, isValidation, safe } from "../src/index.js";

const url = process.env.LUGE_URL ?? "";
const email = process.env.LUGE_SUPERUSER_EMAIL ?? "";
const password = process.env.LUGE_SUPERUSER_PASSWORD ?? "";

interface Schema {
  sdk_books: { record: { title: string; cover: string; pages: string[]; private: string } };
  _superusers: { record: { email: string } };
}

describe.skipIf(url === "")("batches and files of a server", () => {
  const admin = createAdminClient<Schema>(url);
  const books = admin.from("sdk_books");
  const settings = (enabled: boolean) =>
    admin.transport.send("/api/settings", { method: "PATCH", body: { batch: { enabled } } });

  beforeAll(async () => {
    await admin.auth("_superusers").password(email, password);
    await clean();
    await settings(true);
    await admin.collections.create({
      name: "sdk_books",
      fields: [
        { name: "title", type: "text", required: true },
        { name: "cover", type: "file", maxSize: 10_000_000 },
        { name: "pages", type: "file", maxSelect: 5 },
        { name: "private", type: "file", protected: true },
      ],
    });
  });
  afterAll(async () => {
    await settings(false);
    await clean();
  });

  async function clean() {
    const { error } = await safe(admin.collections.delete("sdk_books"));
    if (error && !isNotFound(error)) throw error;
  }

  test("steps happen together, files included", async () => {
    const old = await books.create({ title: "Old" });
    const cover = new File(["cover"], "cover.txt");
    const options = { idempotencyKey: crypto.randomUUID() };
    const run = () =>
      batch(
        admin,
        (on) => [
          on("sdk_books").create({ title: "New", cover, pages: [cover, cover] }),
          on("sdk_books").upsert({ id: "sdkbook00000001", title: "Named" }),
          on("sdk_books").update(old.id, { title: "Older" }),
          on("sdk_books").delete(old.id),
        ],
        options,
      );
    const [made, named, changed, gone] = await run();
    expect([made.title, named.id, changed.title, gone]).toEqual([
      "New",
      "sdkbook00000001",
      "Older",
      null,
    ]);
    expect(made.pages).toHaveLength(2);
    expect(await (await fetch(fileUrl(admin, made, "cover") ?? "")).text()).toBe("cover");
    expect((await run())[0].id).toBe(made.id);
    expect(await books.count()).toBe(2);
  });

  test("one refused step undoes all, and says which", async () => {
    const before = await books.count();
    const { error } = await safe(
      batch(admin, (on) => [
        on("sdk_books").create({ title: "Fine" }),
        on("sdk_books").create({ title: "" }),
      ]),
    );
    const refused = error as BatchError;
    expect(refused.step).toBe(1);
    expect(isValidation(refused.reason) && refused.fields.title?.code).toBe("validation_required");
    expect(await books.count()).toBe(before);
  });

  test("an upload in pieces goes on after breaks and is taken by a record", async () => {
    const bytes = new Uint8Array(2_000_000).map((_, at) => at % 251);
    let pieces = 0;
    const breaking: typeof fetch = async (input, init) => {
      if (init?.method !== "PATCH" || ++pieces % 3 !== 2) return fetch(input, init);
      if (pieces > 4) await fetch(input, init);
      throw new TypeError("cut");
    };
    const other = createClient<Schema>(url, { fetch: breaking });
    await other.auth("_superusers").password(email, password);
    const told: number[] = [];
    const cover = await upload(other, new File([bytes], "big.bin"), {
      pieceBytes: 300_000,
      onProgress: ({ sent }) => told.push(sent),
    });
    expect(told.at(-1)).toBe(bytes.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    const made = await books.create({ title: "Big", cover });
    expect(made.cover).toMatch(/^big_\w{10}\.bin$/);
    const stored = new Uint8Array(
      await (await fetch(fileUrl(admin, made, "cover") ?? "")).arrayBuffer(),
    );
    expect(stored.every((byte, at) => byte === bytes[at]) && stored.length).toBe(bytes.length);
    const again = await safe(books.create({ title: "Again", cover }));
    expect(again.error?.fields.cover?.code).toBe("validation_invalid_upload");
  });

  test("an upload that is aborted, or that nobody takes, leaves nothing on the server", async () => {
    const controller = new AbortController();
    let place = "";
    const watching: typeof fetch = async (input, init) => {
      if (init?.method === "PATCH") place = String(input);
      return fetch(input, init);
    };
    const other = createClient<Schema>(url, { fetch: watching });
    await other.auth("_superusers").password(email, password);
    const file = new File([new Uint8Array(1_000_000)], "big.bin");
    const uploading = upload(other, file, {
      pieceBytes: 100_000,
      signal: controller.signal,
      onProgress: ({ sent }) => sent > 0 && controller.abort(),
    });
    expect(isAborted((await safe(uploading)).error)).toBe(true);
    const headers = { Authorization: other.session.token ?? "", "Tus-Resumable": "1.0.0" };
    const status = async () => (await fetch(place, { method: "HEAD", headers })).status;
    await vi.waitFor(async () => expect(await status()).toBe(404));
    const value = await upload(other, file);
    expect(await status()).toBe(200);
    await discard(other, value);
    expect(await status()).toBe(404);
    expect((await safe(discard(other, value))).error?.status).toBe(404);
  });

  test("a protected file opens with a token only", async () => {
    const made = await books.create({
      title: "Private",
      private: new File(["hush"], "hush.txt") as unknown as string,
    });
    expect((await fetch(fileUrl(admin, made, "private") ?? "")).status).toBe(404);
    const token = await fileToken(admin);
    const opened = await fetch(fileUrl(admin, made, "private", { token }) ?? "");
    expect(await opened.text()).toBe("hush");
  });
});
