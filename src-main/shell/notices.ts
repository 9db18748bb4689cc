import type { NoticeView } from '../../src-preload/contract/app-view.ts'

/** More than a person reads; the oldest go first. All of them are on stderr as well. */
const MAX_NOTICES = 20

/** What is worth knowing but stopped nothing, until the person dismisses it. */
export class Notices {
  #notices: readonly NoticeView[] = []
  #lastId = 0
  readonly #listeners = new Set<(notices: readonly NoticeView[]) => void>()

  get all(): readonly NoticeView[] {
    return this.#notices
  }

  add(message: string): void {
    this.#lastId += 1
    this.#set([...this.#notices, { id: this.#lastId, message }].slice(-MAX_NOTICES))
  }

  /** Idempotent. */
  dismiss(id: number): void {
    this.#set(this.#notices.filter((notice) => notice.id !== id))
  }

  /** Calls `listener` with all notices after each change. */
  onChange(listener: (notices: readonly NoticeView[]) => void): void {
    this.#listeners.add(listener)
  }

  #set(notices: readonly NoticeView[]): void {
    this.#notices = notices
    for (const listener of this.#listeners) listener(notices)
  }
}
