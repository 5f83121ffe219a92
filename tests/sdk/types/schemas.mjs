// Random collections whose names are hard on every language: reserved words, digits in front, names
// that become the same one in another spelling, texts with quotes and letters of all kinds.

const COLLECTIONS = ["class", "Schema", "record", "posts", "posts_create", "my_posts", "myPosts",
  "2024", "x_", "Object", "constructor", "type", "String", "default", "T", "Point", "Self", "None",
  "Any", "static", "async", "hashCode", "a", "Date", "Blob", "Query", "lambda", "crate", "_under"];
const FIELDS = ["class", "type", "self", "super", "crate", "def", "None", "from", "import",
  "async", "lambda", "final", "dynamic", "required", "factory", "values", "index", "hashCode",
  "toString", "constructor", "prototype", "then", "2nd", "007", "_", "__x", "__init__", "Any",
  "Literal", "str", "float", "list", "String", "Option", "Vec", "Date", "Blob", "Schema", "never",
  "enum", "default", "function", "a_b", "aB", "ab", "views", "add_views", "remove_ab", "Create",
  "Record", "record", "create", "fromJson", "toJson", "json", "Point", "gen", "try", "is", "of",
  "length", "name", "in", "not", "where", "NotRequired", "TypedDict", "bool", "num", "void",
  "match", "dyn", "yield", "title", "body", "created_at", "HTMLText", "x1"];
const VALUES = ["draft", "live", "a b", "a_b", "a-b", "self", "Self", "class", "1", "2nd", "-",
  "'", '"', "\\", "*/", "${x}", "$x", "`", "дом", "ä", "日本", "🙂", "\u202e", "\u2028",
  "tab\tnew\nline", "Empty", "empty", "value", "values", "None", "true", "{}", "#",
  "//", "x".repeat(90), "%s", "\u0000"];
const TYPES = ["text", "editor", "number", "bool", "email", "url", "date", "autodate", "select",
  "file", "relation", "json", "geoPoint", "password"];

/** One schema, as `PUT /api/collections/import` takes it. */
export function schema(random) {
  const names = distinct(random, COLLECTIONS, random.between(1, 5));
  const ids = names.map((name, at) => `types_${at}_${name}`.slice(0, 40));
  return names.map((name, at) => {
    const type = random.chance(25) ? "auth" : "base";
    const count = random.chance(10) ? 0 : random.between(1, 9);
    const fields = distinct(random, FIELDS, count).map((field) => made(random, field, ids));
    const isSingle = ({ type: kind, maxSelect }) => kind === "relation" && maxSelect === 1;
    const single = fields.find(isSingle);
    const indexes = single && random.chance(50)
      ? [`CREATE UNIQUE INDEX \`only_${ids[at]}\` ON \`${name}\` (\`${single.name}\`)`] : [];
    const rules = random.chance(50) ? { listRule: "id != '*/'", viewRule: "" } : {};
    return { id: ids[at], name, type, fields, indexes, ...rules };
  });
}

function made(random, name, ids) {
  const type = random.pick(TYPES);
  const field = { name, type, required: random.chance(40), hidden: random.chance(10) };
  const helps = ["*/ alert()", "a\nb # c", "\\", '"""', "\u202e {@x}"];
  if (random.chance(20)) field.help = random.pick(helps);
  const most = random.pick([1, 1, 3]);
  switch (type) {
    case "text":
      return random.chance(30) ? { ...field, autogeneratePattern: "[a-z]{9}" }
        : { ...field, pattern: random.pick(["", "^[a-z*/\"]+$"]) };
    case "number": return { ...field, min: random.pick([null, -5]), onlyInt: random.chance(30) };
    case "autodate": return { name, type, hidden: field.hidden, onCreate: true };
    case "select": {
      const values = distinct(random, VALUES, random.between(1, 8));
      return { ...field, values, maxSelect: Math.min(most, values.length) };
    }
    case "file": return { ...field, maxSelect: most };
    case "relation": return { ...field, collectionId: random.pick(ids), maxSelect: most };
    case "password": return { ...field, min: 8 };
    default: return field;
  }
}

/** Names that differ in more than the case of their letters. */
function distinct(random, all, count) {
  const chosen = new Map();
  while (chosen.size < count) {
    const one = random.pick(all);
    if (!chosen.has(one.toLowerCase())) chosen.set(one.toLowerCase(), one);
  }
  return [...chosen.values()];
}
