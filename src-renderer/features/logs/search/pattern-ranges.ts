import type { MatchRanges } from '../../../../src-preload/contract/log-view.ts'
import { MAX_PICKED_ROWS } from '../limits.ts'

/** Longer texts are not asked about; a row never holds one (contract: `logs.ranges`). */
const MAX_TEXT = 20_000
const MAX_KEPT = 2000

/** Where a pattern's matches lie in the texts on screen: asked for in batches, as the search thread alone may run it. */
export class PatternRanges {
  readonly #ask: (texts: readonly string[]) => Promise<readonly MatchRanges[] | null>
  readonly #onNews: () => void
  #known = new Map<string, MatchRanges>()
  readonly #asked = new Set<string>()

  constructor(ask: (texts: readonly string[]) => Promise<readonly MatchRanges[] | null>, onNews: () => void) {
    this.#ask = ask
    this.#onNews = onNews
  }

  /** Empty until it is known; `onNews` is called when it is. */
  of(text: string): MatchRanges {
    return this.#known.get(text) ?? []
  }

  want(texts: readonly string[]): void {
    const isNew = (text: string) => text.length <= MAX_TEXT && !this.#known.has(text) && !this.#asked.has(text)
    const missing = [...new Set(texts)].filter(isNew).slice(0, MAX_PICKED_ROWS)
    if (missing.length > 0) void this.#fetch(missing)
  }

  async #fetch(texts: readonly string[]): Promise<void> {
    for (const text of texts) this.#asked.add(text)
    const ranges = await this.#ask(texts)
    for (const text of texts) this.#asked.delete(text)
    if (this.#known.size > MAX_KEPT) this.#known = new Map()
    // What cannot be told is not asked for again: it would fail again.
    texts.forEach((text, index) => {
      this.#known.set(text, ranges?.[index] ?? [])
    })
    this.#onNews()
  }
}
