/** Light, dark or as the system has it; `public/theme.js` applies the choice before first paint. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "luge.theme";

class ThemeState {
  private choice = $state<Theme>(chosen());

  get current(): Theme {
    return this.choice;
  }

  set current(theme: Theme) {
    this.choice = theme;
    localStorage.setItem(KEY, theme);
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
}

export const theme = new ThemeState();

function chosen(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === kept) ?? "system";
}
