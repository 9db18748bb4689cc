/** Whether anybody looks at the services: what is told to nobody may be a little older. */
export class Attention {
  #watchers = 0
  readonly #listeners = new Set<() => void>()

  get isGiven(): boolean {
    return this.#watchers > 0
  }

  /** Somebody looks from now on. @returns ends it */
  attend(): () => void {
    this.#watchers += 1
    if (this.#watchers === 1) for (const listener of [...this.#listeners]) listener()
    let isOver = false
    return () => {
      if (!isOver) this.#watchers -= 1
      isOver = true
    }
  }

  /** Told when the first one begins to look. @returns ends it */
  onBegin(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
