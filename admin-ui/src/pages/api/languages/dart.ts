/** Requests in Dart, with the package pocketbase, which works with this server as well. */
import { pathOf, TOKEN, type Body, type Call, type Json } from "../call.ts";
import { dartQuoted as text, literal, type Style } from "../quote.ts";
import { stepsOf } from "../steps.ts";

const values: Style = {
  text,
  key: text,
  words: { null: "null", true: "true", false: "false" },
  object: ["{", "}"],
  step: "  ",
};

type Writer = (call: Call) => string[] | undefined;

/** A program. */
export function dart(call: Call, base: string): string {
  const lines = (writers[call.means] ?? plain)(call) ?? plain(call);
  const files = call.files ? ["import 'package:http/http.dart' as http;"] : [];
  const signed = call.signed ? [`pb.authStore.save(${text(TOKEN)}, null);`] : [];
  const body = [`final pb = PocketBase(${text(base)});`, ...signed, ...lines];
  return [
    ...files,
    "import 'package:pocketbase/pocketbase.dart';",
    "",
    "void main() async {",
    ...body.flatMap((each) => each.split("\n")).map((line) => (line === "" ? "" : `  ${line}`)),
    "}",
  ].join("\n");
}

const write = (value: Json, margin = "  ") => literal(value, values, margin);
const on = ({ collection }: Call) => `pb.collection(${text(collection)})`;

/** Named arguments, each in its line. */
function named(all: Record<string, string | undefined>): string[] {
  return Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
}

function asked(method: string, given: string[], silent = false): string[] {
  const many = given.length > 1 || given.some((each) => each.includes("\n"));
  const inside = many ? `\n${given.map((each) => `  ${each},\n`).join("")}` : given.join("");
  const send = `await ${method}(${inside});`;
  return silent ? [send] : [`final answer = ${send}`, "print(answer);"];
}

const optional = (value: string | undefined) => (value ? text(value) : undefined);
const whole = (value: string | undefined) => (/^\d+$/.test(value ?? "") ? value : undefined);
const shape = ({ query: { expand, fields } }: Call) =>
  named({ expand: optional(expand), fields: optional(fields) });

/** For what has no method of its own. */
function plain(call: Call): string[] {
  const { method, query, body, silent } = call;
  const given = named({
    method: method === "GET" ? undefined : text(method),
    query: Object.keys(query).length > 0 ? write(query) : undefined,
    body: body === undefined ? undefined : `<String, dynamic>${write(body)}`,
  });
  return asked("pb.send", [text(pathOf(call)), ...given], silent);
}

function list(call: Call): string[] {
  const { page, perPage, filter, sort, expand, fields, ...rest } = call.query;
  const given = named({
    page: whole(page),
    perPage: whole(perPage),
    filter: optional(filter),
    sort: optional(sort),
    expand: optional(expand),
    fields: optional(fields),
    query: Object.keys(rest).length > 0 ? write(rest) : undefined,
  });
  return asked(`${on(call)}.getList`, given);
}

function withBody(verb: string, call: Call, first: string[] = []): string[] {
  const files = call.files?.map(
    ({ field, name }) =>
      `    await http.MultipartFile.fromPath(${text(field)}, ${text(name)}),\n`,
  );
  const given = [
    ...first,
    `body: <String, dynamic>${write(call.body ?? {})}`,
    ...(files ? [`files: [\n${files.join("")}  ]`] : []),
    ...shape(call),
  ];
  return asked(`${on(call)}.${verb}`, given);
}

function batch(call: Call): string[] | undefined {
  const steps = stepsOf(call.body);
  if (steps === undefined) return undefined;
  const lines = steps.map(({ verb, collection, id, body }) => {
    const given = [
      ...(id === undefined ? [] : [text(id)]),
      ...(body ? [`body: <String, dynamic>${write(body, "")}`] : []),
    ];
    return `batch.collection(${text(collection)}).${verb}(${given.join(", ")});`;
  });
  const end = ["final results = await batch.send();", "print(results);"];
  return ["final batch = pb.createBatch();", ...lines, ...end];
}

function subscribe(call: Call): string[] {
  const { filter, search } = call.query;
  const given = [
    text(call.place.id || "*"),
    "(event) => print('${event.action} ${event.record}')",
    ...named({
      filter: optional(filter),
      query: search ? write({ search }) : undefined,
    }),
    ...shape(call),
  ];
  return asked(`${on(call)}.subscribe`, given, true);
}

/** A method whose arguments are values of the body. */
function signIn(method: string, ...names: string[]): Writer {
  return (call) => {
    const given = names.map((name) => write((call.body as Body | undefined)?.[name] ?? ""));
    return asked(`${on(call)}.${method}`, given, call.silent);
  };
}

const oauth2: Writer = (call) => {
  const provider = write((call.body as Body | undefined)?.provider ?? "");
  const open = "(url) async => await launchUrl(url)";
  return [
    "// launchUrl is of package:url_launcher.",
    ...asked(`${on(call)}.authWithOAuth2`, [provider, open]),
  ];
};

const file: Writer = (call) => {
  const { id = "", field = "" } = call.place;
  return [
    `final record = await ${on(call)}.getOne(${text(id)});`,
    `print(pb.files.getURL(record, record.get<String>(${text(field)})));`,
  ];
};

const writers: Record<string, Writer> = {
  list,
  search: list,
  facets: plain,
  suggest: plain,
  view: (call) => asked(`${on(call)}.getOne`, [text(call.place.id ?? ""), ...shape(call)]),
  create: (call) => withBody("create", call),
  createFiles: (call) => withBody("create", call),
  update: (call) => withBody("update", call, [text(call.place.id ?? "")]),
  delete: (call) => asked(`${on(call)}.delete`, [text(call.place.id ?? "")], true),
  batch,
  subscribe,
  file,
  fileToken: () => asked("pb.files.getToken", []),
  methods: signIn("listAuthMethods"),
  password: signIn("authWithPassword", "identity", "password"),
  refresh: signIn("authRefresh"),
  requestVerification: signIn("requestVerification", "email"),
  confirmVerification: signIn("confirmVerification", "token"),
  requestPasswordReset: signIn("requestPasswordReset", "email"),
  confirmPasswordReset: signIn("confirmPasswordReset", "token", "password", "passwordConfirm"),
  requestEmailChange: signIn("requestEmailChange", "newEmail"),
  confirmEmailChange: signIn("confirmEmailChange", "token", "password"),
  requestCode: signIn("requestOTP", "email"),
  code: signIn("authWithOTP", "otpId", "password"),
  oauth2,
};
