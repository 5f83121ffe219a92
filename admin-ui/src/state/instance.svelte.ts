/**
 * Which server this is, so that two open tabs are not confused: the name and the colour that the
 * settings give the application. They mark the sidebar, the titles of windows and their icon. And
 * whether it shows what makes new collections, which the settings hide.
 */
import { client } from "../backend.ts";
import { explain, type Problem } from "./problem.ts";

const COLOUR = /^#[0-9a-f]{6}$/i;

class Instance {
  name = $state("");
  /** `#rrggbb`, or empty while it is not known. */
  colour = $state("");
  /** Until it is known, everything is shown. */
  hidesControls = $state(false);
  problem = $state.raw<Problem>();

  /** Reads it, and colours the icon of the window. */
  async load(): Promise<void> {
    try {
      const { meta } = await client.settings.get();
      this.show(meta.appName, meta.accentColor);
      this.hidesControls = meta.hideControls;
      this.problem = undefined;
    } catch (error) {
      this.problem = explain(error);
    }
  }

  /** Forgets it at sign-out. */
  clear(): void {
    this.show("", "");
    this.hidesControls = false;
  }

  private show(name: string, colour: string): void {
    this.name = name;
    this.colour = COLOUR.test(colour) ? colour : "";
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon !== null && this.colour !== "") icon.href = iconOf(this.colour);
  }
}

export const instance = new Instance();

/** The sign of Luge in a colour, as an image that needs no request. */
function iconOf(colour: string): string {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none">
    <rect width="32" height="32" rx="8" fill="${colour}"/>
    <g stroke="#fff" stroke-width="2.6" stroke-linecap="round">
    <path d="M7 21.5h13.5a5 5 0 0 0 4.6-3M10 21v-4.5m8 4.5v-4.5M7.5 16h12M11 11.2h7"/></g></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(drawing)}`;
}
