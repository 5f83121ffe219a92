// What the browser's own record says of the work that a page made.

const CATEGORIES = "devtools.timeline,disabled-by-default-devtools.timeline";

/** What `work` answers, and the events of the browser meanwhile. */
export async function traced(page, work) {
  const cdp = await page.context().newCDPSession(page);
  const events = [];
  cdp.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await cdp.send("Tracing.start", { categories: CATEGORIES, transferMode: "ReportEvents" });
  const answer = await work();
  const complete = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
  await cdp.send("Tracing.end");
  await complete;
  await cdp.detach();
  return { answer, events };
}

/** What the busiest thread did, in milliseconds of processor time. */
export function tasks(events) {
  const run = events.filter(({ name, tdur }) => name === "RunTask" && tdur);
  const threads = new Map();
  for (const task of run) threads.set(task.tid, [...(threads.get(task.tid) ?? []), task]);
  const total = (list) => list.reduce((sum, { tdur }) => sum + tdur, 0);
  const [busiest] = [...threads.values()].sort((a, b) => total(b) - total(a));
  return busiest.map(({ tdur }) => tdur / 1_000);
}

/** Of how many elements the style was looked for anew, each time that it was. */
export function styled(events) {
  const updates = events.filter(({ name }) => name === "UpdateLayoutTree");
  return updates.map(({ args }) => args.elementCount).filter(Boolean);
}
