/** Cuts a text that comes in pieces before the first stop string, also where one spans several pieces. */
export class StopStrings {
  readonly #stops: readonly string[]
  /** Text that may be the beginning of a stop string. */
  #held = ''

  constructor(stops: readonly string[]) {
    this.#stops = stops
  }

  /** Takes a piece; gives the text that is safe to send, and whether a stop string ended it. */
  push(piece: string): { readonly text: string; readonly stopped: boolean } {
    const all = this.#held + piece
    const found = this.#stops.map((stop) => all.indexOf(stop)).filter((index) => index >= 0)
    if (found.length > 0) {
      this.#held = ''
      return { text: all.slice(0, Math.min(...found)), stopped: true }
    }
    const held = Math.max(0, ...this.#stops.map((stop) => overlap(all, stop)))
    this.#held = held === 0 ? '' : all.slice(-held)
    return { text: all.slice(0, all.length - held), stopped: false }
  }

  /** What was held back, when nothing follows any more. */
  flush(): string {
    const held = this.#held
    this.#held = ''
    return held
  }
}

/** Length of the longest end of `text` that is a beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length -= 1) {
    if (stop.startsWith(text.slice(-length))) {
      return length
    }
  }
  return 0
}
