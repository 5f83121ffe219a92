// Pictures of every screen, light and dark, on a desk and on a phone, to be looked at:
// LUGE_BIN=… node shots.mjs FOLDER [WORD in the names of screens] [LANGUAGE]

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { settled } from "./browser.mjs";
import { furnish, openScreen, SCREENS } from "./screens.mjs";
import { signedIn } from "./signed-in.mjs";
import { furnishLong, STATES } from "./states.mjs";

/** No picture is higher, however long its screen is. */
const HIGHEST = 2_600;
const SIZES = [[1360, 850], [390, 844]];

const [folder = "shots", word = "", language = "en"] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { server, page, ask, end } = await signedIn(process.env.LUGE_BIN);
const ids = await furnish(ask);
await furnishLong(ask, ids);
await page.evaluate((code) => localStorage.setItem("luge.language", code), language);
// What is done in a state is named in English.
const all = language === "en" ? [...SCREENS, ...STATES] : SCREENS;
for (const [name, path, act] of all.filter(([name]) => name.includes(word))) {
  for (const [width, height] of SIZES) {
    try {
      await shoot({ name, path, act, width, height });
    } catch (error) {
      console.error(`${name}, ${width} px: ${error.message.split("\n")[0]}`);
    }
  }
}
await end();

async function shoot({ name, path, act, width, height }) {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await openScreen(page, server, path.replace(/:(\w+)/, (_, what) => ids[what]));
  await act?.(page);
  // All of a screen, also what is below its fold.
  const whole = await page.evaluate(() => {
    const scrolled = document.querySelectorAll("main, .record-tabs > .body");
    const hidden = [...scrolled].map((each) => each.scrollHeight - each.clientHeight);
    return Math.max(0, ...hidden);
  });
  await page.setViewportSize({ width, height: Math.min(height + whole, HIGHEST) });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await settled(page);
    const file = `${name.replaceAll(/\W+/g, "-")}-${width}-${colorScheme}.png`;
    await page.screenshot({ path: join(folder, file) });
  }
}
