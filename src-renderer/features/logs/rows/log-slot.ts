import { createContext } from 'react'
import type { LogSource } from './log-source.ts'

/**
 * Holds the log of a viewer that may be hidden for a while (`Activity`), which ends its effects as if it were gone. The log
 * stays open, but rests: opened anew its rows would have other numbers, and the reader's place would be lost.
 */
export class LogSlot {
  #source: LogSource | null = null
  #close: () => void = () => undefined

  /**
   * Opens the log, in the place of another one, or goes on with it.
   *
   * @param open opens it and returns the function that closes it
   * @returns the function that lets it rest
   */
  use(source: LogSource, open: () => () => void): () => void {
    if (source === this.#source) source.setResting(false)
    else {
      this.end()
      this.#source = source
      this.#close = open()
    }
    return () => source.setResting(true)
  }

  /** Closes what is open. */
  end(): void {
    this.#close()
    this.#close = () => undefined
    this.#source = null
  }
}

/** Null where viewers are not hidden: their logs close with them. */
export const LogSlotContext = createContext<LogSlot | null>(null)
