/** Puts a list under what opens it, above everything else, also dialogs and scrolled frames. */
import type { Attachment } from "svelte/attachments";

const GAP_PX = 4;
const EDGE_PX = 8;
const TALLEST_PX = 300;
const NARROWEST_PX = 200;

/** For an element with `popover="manual"`; it stays with its anchor while anything scrolls. */
export function placed(anchor: () => HTMLElement | undefined): Attachment<HTMLElement> {
  return (list) => {
    const place = () => {
      const at = anchor()?.getBoundingClientRect();
      if (at === undefined) return;
      const below = innerHeight - at.bottom - GAP_PX - EDGE_PX;
      const above = at.top - GAP_PX - EDGE_PX;
      const up = below < Math.min(list.scrollHeight, TALLEST_PX) && above > below;
      const width = Math.min(Math.max(at.width, NARROWEST_PX), innerWidth - 2 * EDGE_PX);
      const left = Math.max(EDGE_PX, Math.min(at.left, innerWidth - width - EDGE_PX));
      Object.assign(list.style, {
        left: `${left}px`,
        width: `${width}px`,
        maxHeight: `${Math.min(TALLEST_PX, up ? above : below)}px`,
        top: up ? "auto" : `${at.bottom + GAP_PX}px`,
        bottom: up ? `${innerHeight - at.top + GAP_PX}px` : "auto",
      });
    };
    list.showPopover();
    place();
    const size = new ResizeObserver(place);
    size.observe(list);
    const box = anchor();
    if (box) size.observe(box);
    addEventListener("scroll", place, { capture: true, passive: true });
    addEventListener("resize", place);
    return () => {
      size.disconnect();
      removeEventListener("scroll", place, { capture: true });
      removeEventListener("resize", place);
    };
  };
}
