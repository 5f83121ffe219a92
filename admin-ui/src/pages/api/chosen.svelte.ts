/** The language that snippets are written in: the one that was chosen last, wherever that was. */
import { languageOf, languages, type Language } from "./languages/index.ts";

const KEY = "luge.snippets";

class Chosen {
  private id = $state(localStorage.getItem(KEY) ?? "");

  get language(): Language {
    return languageOf(this.id) ?? languages[0];
  }

  choose(id: string): void {
    this.id = id;
    localStorage.setItem(KEY, id);
  }
}

export const chosen = new Chosen();
