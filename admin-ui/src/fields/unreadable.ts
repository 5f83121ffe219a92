/** What was typed where it is no value of the type, or not yet one. */

/** Stands in the place of a value; whoever saves says why it cannot be sent. */
export class Unreadable {
  constructor(
    readonly text: string,
    /** What is wrong with it, in words. */
    readonly reason: string,
  ) {}
}
