// Controls: each weakens both servers as if one check were missing, while the test goes on to
// believe in it. A test that does not notice would prove nothing.

/**
 * Controls by name: `control`, `(pair, twins) => how many places were weakened`, and what else a
 * run needs to notice it.
 */
export const CONTROLS = {
  "the list rule": { control: (pair, twins) => weaken(pair, twins, "listRule") },
  "the list rule behind cursors": {
    control: (pair, twins) => weaken(pair, twins, "listRule"), behindCursors: true,
  },
  "the view rule": { control: (pair, twins) => weaken(pair, twins, "viewRule") },
  "hidden fields": { control: showHidden },
  "the visibility of e-mail addresses": { control: showAddresses },
};

async function showHidden(pair, { world }) {
  let weakened = 0;
  for (const { name, fields } of world.collections) {
    if (!fields.some(({ hidden }) => hidden)) continue;
    const path = `/api/collections/${name}`;
    await pair.each(async ({ ask, tokens: { superuser: token } }) => {
      const { body } = await ask("GET", path, undefined, { token });
      const shown = body.fields.map((field) =>
        ({ ...field, hidden: field.system && field.hidden }));
      await ask("PATCH", path, { fields: shown }, { token });
    });
    weakened += 1;
  }
  return weakened;
}

async function showAddresses(pair, { world }) {
  const accounts = world.collections.filter(({ type }) => type === "auth");
  for (const { name } of accounts) {
    const path = `/api/collections/${name}`;
    await pair.asSuperuser("PATCH", path, { manageRule: "id != ''", listRule: "" });
  }
  return accounts.length;
}

async function weaken(pair, { world, guards }, action) {
  let weakened = 0;
  for (const { name } of world.collections) {
    if (guards[name][action].raw === "") continue;
    await pair.asSuperuser("PATCH", `/api/collections/${name}`, { [action]: "" });
    weakened += 1;
  }
  return weakened;
}
