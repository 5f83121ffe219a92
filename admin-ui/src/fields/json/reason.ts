/** Says in words why a text is no JSON. */
import { t } from "../../messages/index.svelte.ts";
import type { JsonError } from "./value.ts";

/** The place and what is missing there. */
export function reasonOf({ expected, line, column }: JsonError): string {
  return t("input.badJson", { line, column, reason: t(`json.${expected}`) });
}
