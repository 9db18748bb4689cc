export type LogMove = { readonly to: 'start' | 'end' } | { readonly lines: number } | { readonly pages: number }

const MOVES: Readonly<Record<string, LogMove>> = {
  Home: { to: 'start' },
  g: { to: 'start' },
  End: { to: 'end' },
  G: { to: 'end' },
  ArrowUp: { lines: -1 },
  ArrowDown: { lines: 1 },
  PageUp: { pages: -1 },
  PageDown: { pages: 1 },
}

interface Key {
  readonly key: string
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
}

/** Where a key leads in a log; null if it means nothing here. With Shift, the arrows select text and stay the browser's. */
export function moveOfKey({ key, ctrlKey, altKey, metaKey, shiftKey }: Key): LogMove | null {
  if (ctrlKey || altKey || metaKey || (shiftKey && key !== 'G')) return null
  return Object.hasOwn(MOVES, key) ? (MOVES[key] ?? null) : null
}
