/** Finding settings by what is written about them. */
import { hasText, t } from "../../messages/index.svelte.ts";
import type { SettingPath } from "./kinds.ts";
import type { SettingsPage } from "./pages.ts";

/** A page on which something was found. */
export interface Found {
  page: SettingsPage;
  /** The settings that were found; none where only the page itself was. */
  settings: SettingPath[];
}

/** The pages and settings whose name, help or path has the words; all pages for no words. */
export function search(pages: SettingsPage[], words: string): Found[] {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (wanted.length === 0) return pages.map((page) => ({ page, settings: [] }));
  const has = (text: string) => wanted.every((word) => text.toLowerCase().includes(word));
  return pages.flatMap((page) => {
    const settings = page.groups.flatMap(({ title, intro, paths }) => {
      const about = `${t(page.title)} ${t(title)} ${t(intro)}`;
      // What is said of all of them finds the group, not each of them.
      return has(about) ? [] : paths.filter((path) => has(`${about} ${written(path)}`));
    });
    const texts = page.groups.flatMap(({ title, intro }) => [t(title), t(intro)]);
    const itself = has([t(page.title), ...texts].join(" "));
    return itself || settings.length > 0 ? [{ page, settings }] : [];
  });
}

function written(path: SettingPath): string {
  const help = `help.${path}`;
  return [path, t(`setting.${path}`), hasText(help) ? t(help) : ""].join(" ");
}
