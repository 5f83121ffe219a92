// What a run showed, to be read: every way of learning something once, with its smallest example.

/** The whole report. */
export function report({ requests, pages, leaks, secrets, statuses, wrong }, seed) {
  const channels = new Map();
  for (const leak of leaks) {
    channels.set(leak.channel, [...(channels.get(leak.channel) ?? []), leak]);
  }
  const answered = [...statuses].sort().map(([status, count]) => `${count} x ${status}`).join(", ");
  return [
    `seed ${seed}: ${requests} requests (${answered}), ${pages} pages behind cursors, `
      + `${secrets} records differ in secret, ${leaks.length} leaks`,
    ...wrong.slice(0, 5).map((rule) => `not what the rule means: ${JSON.stringify(rule)}`),
    ...[...channels].sort(([, a], [, b]) => b.length - a.length).map(([channel, all]) =>
      `\n--- ${all.length} x ${channel}\n${example(all)}`),
  ].join("\n");
}

function example(leaks) {
  const { seed, world, persona, request, answers, guards } = leaks.reduce((least, next) =>
    (next.request.length < least.request.length ? next : least));
  return [
    `seed ${seed}, world ${world}, as ${persona}: ${request}`,
    ...answers.map((answer) => `  ${answer}`),
    ...guards.map((guard) => `    ${guard}`),
  ].join("\n");
}
