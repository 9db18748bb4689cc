import { privateMb } from './process-cost.ts'

const EVERY_MS = 1_000

/**
 * Reads a process's private memory once a second until it is asked. What is garbage stays until it is worth collecting, so that a
 * single reading says more about when it is taken than about growth.
 */
export class MemoryWatch {
  readonly #samples: number[] = []
  readonly #timer: NodeJS.Timeout

  constructor(pid: number) {
    this.#timer = setInterval(() => this.#samples.push(privateMb(pid)), EVERY_MS)
  }

  /** Ends it. @returns mean MB in the first third of the time, and how many more they were in the last third */
  growth(): { readonly before: number; readonly gained: number } {
    clearInterval(this.#timer)
    const third = Math.floor(this.#samples.length / 3)
    const before = mean(this.#samples.slice(0, third))
    return { before, gained: mean(this.#samples.slice(-third)) - before }
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
