// Rules that this test can judge itself: it must know what may be read without asking the server.
//
// A guard is `{ raw, holds(record, who, find) }`: the text of a rule, and whether it lets somebody
// (`{ id }`, of a guest "") see a record; `find` gives the account that a record names.

/** Fields that guards look at; every collection has them. */
export function guardFields(accounts) {
  return [
    { name: "shown", type: "bool" },
    { name: "level", type: "number", onlyInt: true },
    { name: "keeper", type: "relation", target: accounts, maxSelect: 1 },
  ];
}

/** Names of the fields on which it depends who may see what. */
export const GUARDS = ["shown", "level", "keeper"];

const LOCKED = { raw: null, holds: () => false };
const OPEN = { raw: "", holds: () => true };

const CONDITIONS = [
  { raw: "shown = true", holds: ({ shown }) => shown === true },
  { raw: "level >= 3", holds: ({ level }) => (level ?? 0) >= 3 },
  { raw: "keeper = @request.auth.id", holds: ({ keeper }, { id }) => (keeper || "") === id },
  {
    raw: "@request.auth.id != '' && level >= 2",
    holds: ({ level }, { id }) => id !== "" && (level ?? 0) >= 2,
  },
  {
    raw: "shown = true || keeper.id = @request.auth.id",
    holds: ({ shown, keeper }, { id }) => shown === true || (keeper || "") === id,
  },
  {
    raw: "keeper.level > 3",
    holds: ({ keeper }, _, find) => (find(keeper)?.level ?? 0) > 3,
  },
  {
    raw: "shown = true && @request.auth.level <= keeper.level",
    holds: ({ shown, keeper }, who, find) => shown === true && who.id !== ""
      && find(keeper) !== undefined && (find(who.id).level ?? 0) <= (find(keeper).level ?? 0),
  },
];

/** A guard for a reading rule. */
export function randomGuard(random, collection) {
  const own = [{ raw: "id = @request.auth.id", holds: ({ id }, who) => id === who.id }];
  const more = collection.type === "auth" ? own : [];
  return random.weighted([
    [12, LOCKED], [22, OPEN], [66, random.pick([...CONDITIONS, ...more])],
  ]);
}
