/** What the entry points of all frameworks export beside what is their own. */
export { refresh } from "./reading.js";
export type { Asked, LiveChoice, PageChoice, Reading, RecordChoice } from "./reading.js";
export type { MutationChoice, Progress } from "./mutation.js";
export type { Auth } from "./shelf.js";
