/** What can wait for what a view shows first. */
import { expect, test, vi } from "vitest";

vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run));
const { quiet } = await import("../src/state/quiet.ts");

test("it goes on once nothing is held any more, also where that failed", async () => {
  let end = () => {};
  const order: string[] = [];
  const waiting = quiet.wait().then(() => order.push("waited"));
  quiet.hold(new Promise<void>((resolve) => (end = resolve)).then(() => order.push("read")));
  quiet.hold(Promise.reject(new Error("refused")));
  await new Promise((done) => setTimeout(done, 40));
  expect(order).toEqual([]);
  end();
  await waiting;
  expect(order).toEqual(["read", "waited"]);
});

test("where nothing is held, it goes on after the next paint, seen or not", async () => {
  await quiet.wait();
  vi.stubGlobal("requestAnimationFrame", () => 0);
  await quiet.wait();
});
