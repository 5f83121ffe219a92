/** The field types, in the order they are offered. A new one is a folder and a line here. */
import type { FieldType } from "@luge/client/admin";
import { autodate } from "./autodate/index.ts";
import { bool } from "./bool/index.ts";
import { date } from "./date/index.ts";
import { editor } from "./editor/index.ts";
import { email } from "./email/index.ts";
import { file } from "./file/index.ts";
import { geoPoint } from "./geo-point/index.ts";
import { json } from "./json/index.ts";
import { number } from "./number/index.ts";
import { password } from "./password/index.ts";
import { relation } from "./relation/index.ts";
import { select } from "./select/index.ts";
import { text } from "./text/index.ts";
import { url } from "./url/index.ts";
import type { Kind } from "./kind.ts";

export const kinds: Kind[] = [
  text,
  editor,
  number,
  bool,
  email,
  url,
  date,
  autodate,
  select,
  file,
  relation,
  json,
  geoPoint,
  password,
];

const byType = new Map(kinds.map((kind) => [kind.type, kind]));

/** The kind of a type; one that is not known here is shown as text. */
export function kindOf(type: FieldType): Kind {
  return byType.get(type) ?? text;
}
