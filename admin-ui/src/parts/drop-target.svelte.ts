/**
 * Where files are dropped by mouse: `<div class={drop.over && "over"} {@attach drop.listen}>`.
 * Whoever has no mouse chooses the same files in an input within it.
 */
import type { Attachment } from "svelte/attachments";
import { on } from "svelte/events";

export class DropTarget {
  /** Are files held over it? */
  over = $state(false);

  /** `take` is given the files that were dropped, at least one. */
  constructor(private readonly take: (files: FileList) => void) {}

  /** What the element is attached to. */
  readonly listen: Attachment<HTMLElement> = (element) => {
    const ends = [
      on(element, "dragover", (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        this.over = true;
      }),
      on(element, "dragleave", () => (this.over = false)),
      on(element, "drop", (event) => {
        this.over = false;
        const files = event.dataTransfer?.files;
        if (!files || files.length === 0) return;
        event.preventDefault();
        this.take(files);
      }),
    ];
    return () => ends.forEach((end) => end());
  };
}
