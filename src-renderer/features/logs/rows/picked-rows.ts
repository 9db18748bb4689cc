import type { LogRow } from '../../../../src-preload/contract/log-view.ts'
import type { Reply } from '../../../../src-preload/contract/result.ts'
import { MAX_PICKED_ROWS } from '../limits.ts'

export interface PickApi {
  readonly rows: (input: {
    epoch: number
    rows: readonly number[]
  }) => Promise<Reply<{ epoch: number; rows: readonly (LogRow | null)[] }>>
}

/** Several screens of them. */
const MAX_KEPT = 4000

/** Rows that lie apart, for a view that shows only some: asked for one by one, as they come into sight. */
export class PickedRows {
  readonly #api: PickApi
  readonly #listeners = new Set<() => void>()
  #epoch: number | null = null
  #rows = new Map<number, LogRow>()
  #asked = new Set<number>()
  /** Rows that were the last one when they came: they may have been unfinished. */
  #open = new Set<number>()
  #end = 0
  #version = 0

  constructor(api: PickApi) {
    this.#api = api
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Another number whenever rows came. */
  version = (): number => this.#version

  row(row: number): LogRow | undefined {
    return this.#rows.get(row)
  }

  /** Asks for those of these rows that are not here, in a log that ends at `end`. Another epoch is another log. */
  want(epoch: number, end: number, rows: readonly number[]): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#rows = new Map()
      this.#asked = new Set()
      this.#open = new Set()
    }
    this.#end = end
    const isHere = (row: number) => this.#rows.has(row) && !(this.#open.has(row) && row < end - 1)
    const missing = rows.filter((row) => !isHere(row) && !this.#asked.has(row)).slice(0, MAX_PICKED_ROWS)
    if (missing.length > 0) void this.#ask(epoch, missing)
  }

  async #ask(epoch: number, rows: readonly number[]): Promise<void> {
    const asked = this.#asked
    const end = this.#end
    for (const row of rows) asked.add(row)
    const reply = await this.#api.rows({ epoch, rows })
    for (const row of rows) asked.delete(row)
    // A failure leaves them blank: an announcement of the changed log follows and asks for the right ones.
    if (!reply.ok || epoch !== this.#epoch) return
    if (this.#rows.size > MAX_KEPT) this.#rows.clear()
    rows.forEach((row, index) => {
      const got = reply.value.rows[index]
      if (got === null || got === undefined) return
      this.#rows.set(row, got)
      if (row >= end - 1) this.#open.add(row)
      else this.#open.delete(row)
    })
    this.#version += 1
    for (const listener of this.#listeners) listener()
  }
}
