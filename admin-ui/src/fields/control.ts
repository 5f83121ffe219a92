/** What ties the control of an input to its label and to what is wrong with it. */
import type { InputProps } from "./kind.ts";

/** Where whoever shows the problem of an input has to put it. */
export const problemId = (id: string): string => `${id}-problem`;

/** For the control itself. */
export function controlOf({ id, problem, field }: Pick<InputProps, "id" | "problem" | "field">) {
  return {
    id,
    "aria-invalid": problem === undefined ? undefined : ("true" as const),
    "aria-describedby": problem === undefined ? undefined : problemId(id),
    "aria-required": field.required === true ? ("true" as const) : undefined,
  };
}
