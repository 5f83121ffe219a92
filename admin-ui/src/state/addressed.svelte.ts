/**
 * A text that is a part of the address, so that a copied address shows it, and Back and Forward
 * bring it back. What is longer than addresses may be is kept by the page alone.
 */
import { LONGEST } from "./address-length.ts";
import { go, hereWith, place } from "./location.svelte.ts";

export class Addressed {
  /** What the address does not have: a text that is too long or empty, and where it was typed. */
  private own = $state.raw<{ text: string; at: string }>();

  /** The text of the address, or the other one where it names none. */
  constructor(
    private readonly name: string,
    private readonly other = "",
  ) {}

  get text(): string {
    const named = place.query.get(this.name);
    if (named !== null) return named;
    // After Back or Forward it is another address.
    const isHere = this.own?.at === place.query.toString();
    return isHere && this.own ? this.own.text : this.other;
  }

  set text(text: string) {
    const fits = text !== "" && text.length <= LONGEST;
    go(hereWith({ [this.name]: fits ? text : undefined }), { replace: true });
    this.own = fits ? undefined : { text, at: place.query.toString() };
  }
}
