import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type BrowserWindow, screen } from 'electron'
import { z } from 'zod'
import { writeFileAtomicSync } from '../os/atomic-write.ts'
import { readTextFile } from '../services/config-file.ts'

const placeSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1),
  height: z.int().min(1),
  isMaximized: z.boolean(),
  /** Open when the app ended. */
  isOpen: z.boolean(),
})

const fileSchema = z.object({ version: z.literal(1), places: z.record(z.string(), placeSchema) })

type Place = z.output<typeof placeSchema>

/** A window is moved in many small steps; the place it comes to rest at is what counts. */
const SETTLE_MS = 500
/** How much of a remembered place must be on some display for it to be used. */
const VISIBLE_PX = 80

/**
 * Where windows were, by name, in a file of the app's own. A convenience: what cannot be read is forgotten, what cannot be
 * written is tried again at the next move.
 */
export class WindowPlaces {
  readonly #file: string
  #places: Record<string, Place> = {}
  #isEnding = false

  constructor(file: string) {
    this.#file = file
  }

  async load(): Promise<void> {
    const read = await readTextFile(this.#file)
    if (read.kind !== 'text') return
    try {
      this.#places = fileSchema.parse(JSON.parse(read.text)).places
    } catch {
      this.#places = {} // A half or foreign file: windows come where they come at a first start.
    }
  }

  /** Bounds for a new window; empty if nothing is remembered, or if it is on no display any more. */
  of(name: string): { x?: number; y?: number; width?: number; height?: number } {
    const place = this.#placeOf(name)
    if (place === null) return {}
    const { x, y, width, height } = place
    const isVisible = screen.getAllDisplays().some(({ workArea }) => {
      const overlapX = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x)
      const overlapY = Math.min(y + height, workArea.y + workArea.height) - Math.max(y, workArea.y)
      return overlapX >= VISIBLE_PX && overlapY >= VISIBLE_PX
    })
    return isVisible ? { x, y, width, height } : { width, height }
  }

  /** The windows that were open when the app ended. */
  openNames(): string[] {
    return Object.keys(this.#places).filter((name) => this.#placeOf(name)?.isOpen === true)
  }

  /** Remembers where this window goes, and that it is open until it is closed by hand. */
  follow(name: string, window: BrowserWindow): void {
    let timer: NodeJS.Timeout | undefined
    if (this.#placeOf(name)?.isMaximized === true) window.maximize()
    const remember = (isOpen: boolean) => {
      clearTimeout(timer)
      const { x, y, width, height } = window.getNormalBounds()
      this.#places = { ...this.#places, [name]: { x, y, width, height, isMaximized: window.isMaximized(), isOpen } }
      this.#write()
    }
    const later = () => {
      clearTimeout(timer)
      timer = setTimeout(() => window.isDestroyed() || remember(true), SETTLE_MS)
    }
    window.on('resize', later)
    window.on('move', later)
    window.once('show', later)
    window.on('close', () => remember(this.#isEnding))
  }

  /** From now on windows close because the app ends: they are remembered as open. */
  end(): void {
    this.#isEnding = true
  }

  #placeOf(name: string): Place | null {
    return Object.hasOwn(this.#places, name) ? (this.#places[name] ?? null) : null
  }

  #write(): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 })
      writeFileAtomicSync(this.#file, JSON.stringify({ version: 1, places: this.#places }))
    } catch {
      // A full disk: the next move tries again.
    }
  }
}
