/** Whether the dashboard shows what makes new collections; a setting of the server hides it. */
import { isLuge } from "@luge/client";
import { client } from "../backend.ts";

class Controls {
  hidden = $state(false);

  /** Asks the server; when it does not answer, everything is shown as before. */
  async load(): Promise<void> {
    try {
      this.hidden = (await client.settings.get()).meta.hideControls;
    } catch (error) {
      if (!isLuge(error)) throw error;
    }
  }
}

export const controls = new Controls();
