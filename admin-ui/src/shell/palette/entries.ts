/** What the palette has, beside the actions of what is on the screen. */
import Braces from "@lucide/svelte/icons/braces";
import CirclePlus from "@lucide/svelte/icons/circle-plus";
import House from "@lucide/svelte/icons/house";
import KeyRound from "@lucide/svelte/icons/key-round";
import Keyboard from "@lucide/svelte/icons/keyboard";
import Languages from "@lucide/svelte/icons/languages";
import Link from "@lucide/svelte/icons/link";
import LogOut from "@lucide/svelte/icons/log-out";
import Network from "@lucide/svelte/icons/network";
import Plus from "@lucide/svelte/icons/plus";
import Radio from "@lucide/svelte/icons/radio";
import ScrollText from "@lucide/svelte/icons/scroll-text";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import SunMoon from "@lucide/svelte/icons/sun-moon";
import { language, languages, t } from "../../messages/index.svelte.ts";
import type { Key } from "../../messages/en.ts";
import { tabPath, tabs } from "../../pages/collection/tabs.ts";
import { pages } from "../../pages/settings/pages.ts";
import { collectionIcons } from "../../parts/collection-icons.ts";
import { leads } from "../../routes.ts";
import type { Action } from "../../state/actions.svelte.ts";
import { collections } from "../../state/collections.svelte.ts";
import { copyText } from "../../state/copy.svelte.ts";
import { signOut } from "../../state/leave.ts";
import { go, href, place } from "../../state/location.svelte.ts";
import { newRecordAddress } from "../../state/record-address.ts";
import { theme, THEMES } from "../../state/theme.svelte.ts";

/** The records of each collection, those of the system only where they may be meant. */
export function collectionEntries(system: boolean): Action[] {
  return [...collections.own, ...(system ? collections.system : [])].map((collection) => ({
    id: `collection ${collection.id}`,
    label: collection.name,
    words: `${t("nav.collections")} ${t(`type.${collection.type}`)} ${collection.id}`,
    icon: collectionIcons[collection.type],
    run: () => go(href(tabPath(collection.name, "records"))),
  }));
}

/** The other views on each collection, which are offered once something is typed. */
export function viewEntries(): Action[] {
  return collections.own.flatMap((collection) =>
    tabs
      .filter(({ path, has }) => path !== "records" && has?.(collection) !== false)
      .map(({ path, label }) => ({
        id: `view ${collection.id} ${path}`,
        label: `${collection.name} › ${t(label)}`,
        icon: collectionIcons[collection.type],
        run: () => go(href(tabPath(collection.name, path))),
      })),
  );
}

/** The views that are none of a collection. */
export function placeEntries(): Action[] {
  const places = [
    { path: "/", label: "nav.home", icon: House, keys: "G C" },
    { path: "/map", label: "nav.map", icon: Network, keys: "G M" },
    { path: "/rules", label: "matrix.nav", icon: ShieldCheck, keys: undefined },
    { path: "/logs", label: "nav.logs", icon: ScrollText, keys: "G L" },
    { path: "/api", label: "nav.api", icon: Braces, keys: undefined },
    { path: "/realtime", label: "nav.realtime", icon: Radio, keys: undefined },
    { path: "/account", label: "user.account", icon: KeyRound, keys: undefined },
  ] as const;
  return places
    .filter(({ path }) => leads(path))
    .map(({ path, label, icon, keys }) => ({
      id: `place ${path}`,
      label: t(label),
      icon,
      ...(keys && { keys }),
      run: () => go(href(path)),
    }));
}

/** The pages of the settings; they are found by each setting that they have. */
export function settingEntries(): Action[] {
  return pages.map(({ path, title, icon, groups }) => ({
    id: `settings ${path}`,
    label: `${t("nav.settings")} › ${t(title)}`,
    words: groups
      .flatMap(({ title, paths }) => [
        t(title),
        ...paths.flatMap((each) => [each, t(`setting.${each}`)]),
      ])
      .join(" "),
    icon,
    run: () => go(href(`/settings/${path}`)),
  }));
}

/** What can be done everywhere. `help` shows the shortcuts. */
export function commandEntries(help: () => void): Action[] {
  return [
    {
      id: "new collection",
      label: t("nav.new"),
      icon: Plus,
      run: () => go(href("/collections/new")),
    },
    {
      id: "copy address",
      label: t("palette.copyAddress"),
      icon: Link,
      run: () => void copyText(location.href, t("copy.done")),
    },
    ...THEMES.filter((each) => each !== theme.current).map((each) => ({
      id: `theme ${each}`,
      label: `${t("user.theme")} › ${t(`theme.${each}`)}`,
      icon: SunMoon,
      run: () => void (theme.current = each),
    })),
    ...Object.entries(languages)
      .filter(([code]) => code !== language.code)
      .map(([code, { name }]) => ({
        id: `language ${code}`,
        label: `${t("user.language")} › ${name}`,
        words: `language ${code}`,
        icon: Languages,
        run: () => void language.use(code),
      })),
    { id: "shortcuts", label: t("shortcuts.title"), icon: Keyboard, keys: "?", run: help },
    { id: "sign out", label: t("user.signOut"), icon: LogOut, run: signOut },
  ];
}

/** A new record in each collection that has records of its own. */
export function newRecordEntries(): Action[] {
  return collections.own.flatMap(({ id, name, type }) => {
    if (type === "view") return [];
    const run = () => go(newRecordAddress(name));
    return [{ id: `new ${id}`, label: t("palette.newRecord", { name }), icon: CirclePlus, run }];
  });
}

/** What a view that was opened is called; undefined where it is gone, or is where one is. */
export function recentEntry(path: string): Action | undefined {
  if (path === place.path || !leads(path)) return undefined;
  const [, area, name = "", tab = ""] = path.split("/").map(decodeURIComponent);
  const known = [...placeEntries(), ...settingEntries()].find(
    ({ id }) => id === `place ${path}` || id === `settings ${name}`,
  );
  const make = (entry: Pick<Action, "label" | "icon">): Action => ({
    ...entry,
    id: `recent ${path}`,
    run: () => go(href(path)),
  });
  if (area !== "collections") return known && make(known);
  const collection = collections.find(name);
  if (collection === undefined) return undefined;
  const label = tabs.find((each) => each.path === tab)?.label as Key | undefined;
  return make({
    label: label === undefined ? collection.name : `${collection.name} › ${t(label)}`,
    icon: collectionIcons[collection.type],
  });
}
