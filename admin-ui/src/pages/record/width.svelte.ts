/** How wide the panel is, kept on this device. */
const KEY = "luge.panel";
const NARROWEST_PX = 380;
const FIRST_PX = 640;
/** So much of the page beside it stays to be seen. */
const LEFT_PX = 120;

class PanelWidth {
  private wanted = $state(Number(localStorage.getItem(KEY)) || FIRST_PX);

  readonly least = NARROWEST_PX;

  get most(): number {
    return Math.max(NARROWEST_PX, innerWidth - LEFT_PX);
  }

  get current(): number {
    return Math.min(Math.max(this.wanted, NARROWEST_PX), this.most);
  }

  set current(width: number) {
    this.wanted = Math.min(Math.max(Math.round(width), NARROWEST_PX), this.most);
    localStorage.setItem(KEY, String(this.wanted));
  }
}

export const panelWidth = new PanelWidth();
