/** The time zone in which dates are typed: one choice for all of them, kept on this device. */
import { ownZone, UTC } from "./zone.ts";

const KEY = "luge.zone";

class ZoneChoice {
  private chosen = $state(localStorage.getItem(KEY) ?? ownZone());

  get current(): string {
    return this.chosen;
  }

  set current(zone: string) {
    this.chosen = zone;
    localStorage.setItem(KEY, zone);
  }

  /** Those that are offered first: UTC, the person's own, and what was chosen. */
  get near(): string[] {
    return [...new Set([ownZone(), UTC, this.chosen])];
  }
}

export const zones = new ZoneChoice();
