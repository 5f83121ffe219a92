/** Saves edited rules: not before everything is decided, and not past a saved test that fails. */
import type { Collection } from "@luge/client/admin";
import { client } from "../../backend.ts";
import { t } from "../../messages/index.svelte.ts";
import { Attempt } from "../../state/attempt.svelte.ts";
import { collections } from "../../state/collections.svelte.ts";
import type { RulesDraft } from "./draft.svelte.ts";
import { failing, type FailingTest } from "./saved-tests.ts";

export class Saving {
  readonly work = new Attempt();
  /** Has it been asked for, so that what is missing is told? */
  pressed = $state(false);
  /** The tests that would fail, while somebody is asked whether to go on. */
  failed = $state.raw<FailingTest[]>();

  constructor(
    private readonly draft: RulesDraft,
    /** The collection as it is now. */
    private readonly collection: () => Collection,
  ) {}

  /** Saves; whether that is done. */
  async save(): Promise<boolean> {
    this.pressed = true;
    this.work.forget();
    if (this.draft.unready.length > 0) return false;
    const { name, type, ruleTests = [] } = this.collection();
    let found: FailingTest[] = [];
    const could = await this.work.run(async () => {
      const ask = (trial: Parameters<Parameters<typeof failing>[2]>[0]) =>
        client.rules.test({ collection: name, ...trial });
      found = type === "view" ? [] : await failing(ruleTests, this.draft.body(), ask);
    });
    if (found.length === 0) return could && this.commit();
    this.failed = found;
    return false;
  }

  /** Saves whatever the tests say. */
  async commit(): Promise<boolean> {
    this.failed = undefined;
    const saved = await this.work.run(async () => {
      this.draft.follow(
        await client.collections.update(this.collection().name, this.draft.body()),
      );
      await collections.load();
      return t("rules.savedDone");
    });
    if (saved) this.pressed = false;
    return saved;
  }
}
