// The differences from PocketBase that are meant: each is an entry of the table "Differences" in
// server/API.md. A difference that none of them explains fails the test.

import { comparisons, operands, print } from "../generator/expression.mjs";

const LITERAL = /'(\\.|[^'\\])*'|"(\\.|[^"\\])*"/g;
const UNKNOWN_MODIFIER =
  /(@request|meta|place)\.[\w.]*(:(?!(isset|changed|length|each|lower)\b)\w*|:\w+:)/;
const SUBMITTED_EACH = /^@request\.body\.\w+:each$/;

/** `entry` is the first column of the table; `applies` is asked with a judged request. */
export const DIFFERENCES = [
  {
    entry: "escapes in double-quoted filter literals",
    applies: ({ texts }) => texts.some((text) => /"[^"]*\\["\\/bfnrtu]/.test(text)),
  },
  {
    entry: "`:lower` on a json path",
    applies: ({ texts }) => texts.some((text) => /\bmeta[\w.]*:lower/.test(text)),
  },
  {
    entry: "`:isset`, `:changed` on a field of the record, the caller or a submitted relation",
    applies: ({ texts, nodes }) => texts.some((text) =>
      /(?<![\w.@])(?!@request)[\w.@]+:(isset|changed)|@request\.auth[\w.]+:(isset|changed)/
        .test(text))
      || nodes.flatMap(operands).some(({ text, crosses }) =>
        crosses.length > 0 && /^@request\.body\.[\w.]+:(isset|changed)$/.test(text)),
  },
  {
    entry: "`:length`, `:each` behind a part of a json or geoPoint field",
    applies: ({ texts }) => texts.some((text) =>
      /\b(meta|place)\.[\w.]+:(length|each)/.test(text)),
  },
  {
    entry: "an unknown modifier behind `@request.` or a part of a json or geoPoint field",
    applies: ({ texts }) => texts.some((text) => UNKNOWN_MODIFIER.test(text)),
  },
  {
    entry: "a quote or a bracket in a comment inside brackets",
    applies: ({ texts }) => texts.some(commentsInBrackets),
  },
  {
    entry: "a name with an empty part (`meta..a`)",
    applies: ({ texts }) => texts.some((text) => /\w\.\./.test(text.replace(LITERAL, '""'))),
  },
  {
    entry: "a part of a submitted relation's field that has none (`@request.body.f.title.x`)",
    applies: ({ answers: [ours] }) =>
      /@request\.body\.[\w.]+\\": the \w+ field \\"\w+\\" has no parts/.test(ours.text),
  },
  {
    entry: "`!=` between nothing and `:isset`",
    applies: ({ nodes }) => nodes.flatMap(comparisons).some(
      ({ compare: [, operator, right] }) =>
        operator.endsWith("!=") && right.text.endsWith(":isset")),
  },
  {
    entry: "a create rule with a path that begins with a back relation",
    applies: ({ request, nodes }) => request.kind === "create" && nodes.flatMap(operands).some(
      ({ text }) => /(^|\(|, )\w+_via_/.test(text)),
  },
  {
    entry: "several values of a record that are taken",
    applies: ({ answers }) => answers.every(({ status, text }) =>
      status === 400 && text.includes("validation_not_unique")),
  },
  {
    entry: "a path to an e-mail address that is not shown, without `?`",
    applies: ({ request, client }) => client && request.filter
      && operands(request.filter).some(({ text, multi }) => multi && /\bemail(:|$)/.test(text)),
  },
  {
    entry: "`~` against the result of a function",
    applies: ({ nodes }) => nodes.flatMap(comparisons).some(
      ({ compare: [, operator, right] }) => operator.includes("~") && right.call),
  },
  {
    entry: "`~` against `@request.body.f:each`",
    applies: ({ nodes }) => nodes.flatMap(comparisons).some(
      ({ compare: [, operator, right] }) =>
        operator.includes("~") && SUBMITTED_EACH.test(right.text ?? "")),
  },
  {
    entry: "a unique value that is there twice only while a delete is carried out",
    applies: ({ request, answers: [ours, theirs] }) => request.kind === "delete"
      && ours.status === 204 && theirs.text.includes("validation_not_unique"),
  },
  {
    entry: "`@request.body.f:each` of an empty list",
    applies: ({ nodes }) => nodes.flatMap(comparisons).some(
      ({ compare: [left, operator, right] }) => /^\??=$/.test(operator)
        && [left, right].some(({ text }) => SUBMITTED_EACH.test(text ?? ""))),
  },
  {
    entry: "a client's `sort=email`",
    applies: ({ request, client }) => client && (request.sort ?? []).some(({ text }) =>
      /(^|[-+.])email(:\w+)?$/.test(text)),
  },
  {
    entry: "a client's filter and sort across relations",
    applies: ({ request, client, world }) => client && seenThrough(request).some((operand) =>
      operand.hidden || operand.crosses.some((name) => world.rules[name].listRule !== "")),
  },
  {
    entry: "a manage rule that holds for a guest",
    applies: ({ request, world }) => (request.persona === "guest" || request.persona?.gone)
      && [request.collection, ...(request.expand ?? []).flatMap(({ crosses }) => crosses)]
        .some((name) => world.rules[name].manageRule),
  },
  {
    entry: "`expand` of a hidden relation, forwards or backwards",
    applies: ({ request, client }) => client && (request.expand ?? []).some(({ hidden }) => hidden),
  },
];

const RULES = {
  list: "listRule", view: "viewRule", create: "createRule", update: "updateRule",
  delete: "deleteRule",
};

/** The entry that explains a difference, if one does. */
export function explanation(request, world, answers) {
  const nodes = judgedBy(request, world);
  const judged = {
    request, world, answers, nodes, client: request.persona !== "superuser",
    texts: [...nodes.map(print), ...(request.sort ?? []).map(({ text }) => text)],
  };
  return DIFFERENCES.find(({ applies }) => applies(judged))?.entry;
}

// The filter and every rule that decided about the answer.
function judgedBy(request, world) {
  const expanded = (request.expand ?? []).flatMap(({ crosses }) => crosses);
  const rules = request.persona === "superuser" ? [] : [
    world.rules[request.collection][RULES[request.kind]],
    world.rules[request.collection].manageRule,
    ...expanded.map((name) => world.rules[name].viewRule),
    ...seenThrough(request).flatMap(({ crosses }) => crosses).map(
      (name) => world.rules[name].listRule),
  ];
  return [request.filter, request.rule, ...rules].filter(Boolean);
}

function seenThrough(request) {
  return [...(request.filter ? operands(request.filter) : []), ...(request.sort ?? [])];
}

/** Whether a comment holds what would open or close something, and something is open. */
function commentsInBrackets(text) {
  const tokens = text.matchAll(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\/\/[^\n]*|[()]/g);
  let depth = 0;
  for (const [token] of tokens) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (depth > 0 && /^\/\/.*['"()]/.test(token)) return true;
  }
  return false;
}
