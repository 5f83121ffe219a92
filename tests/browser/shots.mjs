// Pictures of every screen, light and dark, on a desk and on a phone, to be looked at:
// LUGE_BIN=… node shots.mjs FOLDER [WORD in the names of screens]

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { furnish, openScreen, SCREENS } from "./screens.mjs";
import { signedIn } from "./signed-in.mjs";

const [folder = "shots", word = ""] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { server, page, ask, end } = await signedIn(process.env.LUGE_BIN);
const ids = await furnish(ask);
for (const [name, path] of SCREENS.filter(([name]) => name.includes(word))) {
  for (const [width, height] of [[1360, 850], [390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await openScreen(page, server, path.replace(/:(\w+)/, (_, what) => ids[what]));
      const file = `${name.replaceAll(/\W+/g, "-")}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(folder, file) });
    }
  }
}
await end();
