import type { SelectionMove } from './select/selection.ts'

/** What a key means in the output. Conventions of `less`, of terminals and of browsers. */
export type LogCommand =
  | { readonly kind: 'scroll'; readonly lines?: number; readonly pages?: number }
  | { readonly kind: 'start' | 'end' | 'search' | 'go-to' | 'help' | 'copy' | 'select-all' | 'escape' | 'open-link' }
  | { readonly kind: 'wrap' | 'times' | 'only-matches' }
  | { readonly kind: 'match' | 'error' | 'mark'; readonly direction: 'next' | 'previous' }
  /** `pages` moves the head by views instead. */
  | { readonly kind: 'select'; readonly move: SelectionMove }
  | { readonly kind: 'select-page'; readonly direction: 1 | -1 }

const KEYS: Readonly<Record<string, LogCommand>> = {
  Home: { kind: 'start' },
  g: { kind: 'start' },
  End: { kind: 'end' },
  G: { kind: 'end' },
  ArrowUp: { kind: 'scroll', lines: -1 },
  k: { kind: 'scroll', lines: -1 },
  ArrowDown: { kind: 'scroll', lines: 1 },
  j: { kind: 'scroll', lines: 1 },
  PageUp: { kind: 'scroll', pages: -1 },
  b: { kind: 'scroll', pages: -1 },
  PageDown: { kind: 'scroll', pages: 1 },
  ' ': { kind: 'scroll', pages: 1 },
  u: { kind: 'scroll', pages: -0.5 },
  d: { kind: 'scroll', pages: 0.5 },
  '/': { kind: 'search' },
  n: { kind: 'match', direction: 'next' },
  N: { kind: 'match', direction: 'previous' },
  F3: { kind: 'match', direction: 'next' },
  ':': { kind: 'go-to' },
  e: { kind: 'error', direction: 'next' },
  E: { kind: 'error', direction: 'previous' },
  r: { kind: 'mark', direction: 'next' },
  R: { kind: 'mark', direction: 'previous' },
  w: { kind: 'wrap' },
  t: { kind: 'times' },
  m: { kind: 'only-matches' },
  o: { kind: 'open-link' },
  '?': { kind: 'help' },
  Escape: { kind: 'escape' },
}

const WITH_SHIFT: Readonly<Record<string, LogCommand>> = {
  ' ': { kind: 'scroll', pages: -1 },
  F3: { kind: 'match', direction: 'previous' },
  ArrowLeft: { kind: 'select', move: { by: 'column', step: -1 } },
  ArrowRight: { kind: 'select', move: { by: 'column', step: 1 } },
  ArrowUp: { kind: 'select', move: { by: 'row', step: -1 } },
  ArrowDown: { kind: 'select', move: { by: 'row', step: 1 } },
  Home: { kind: 'select', move: { by: 'edge', edge: 'start' } },
  End: { kind: 'select', move: { by: 'edge', edge: 'end' } },
  PageUp: { kind: 'select-page', direction: -1 },
  PageDown: { kind: 'select-page', direction: 1 },
}

const WITH_MODIFIER: Readonly<Record<string, LogCommand>> = {
  c: { kind: 'copy' },
  a: { kind: 'select-all' },
  f: { kind: 'search' },
  g: { kind: 'go-to' },
  Home: { kind: 'start' },
  End: { kind: 'end' },
}

const WITH_MODIFIER_AND_SHIFT: Readonly<Record<string, LogCommand>> = {
  Home: { kind: 'select', move: { by: 'log', edge: 'start' } },
  End: { kind: 'select', move: { by: 'log', edge: 'end' } },
}

interface Key {
  readonly key: string
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
}

/** What a key means here; null if nothing. Ctrl and Command are the same: no system uses both for these keys. */
export function commandOfKey({ key, ctrlKey, altKey, metaKey, shiftKey }: Key): LogCommand | null {
  if (altKey || (ctrlKey && metaKey)) return null
  if (ctrlKey || metaKey) return lookUp(shiftKey ? WITH_MODIFIER_AND_SHIFT : WITH_MODIFIER, key)
  // A sign that takes Shift on this keyboard is the sign it is.
  return (shiftKey ? lookUp(WITH_SHIFT, key) : null) ?? (shiftKey && key.length > 1 ? null : lookUp(KEYS, key))
}

function lookUp(table: Readonly<Record<string, LogCommand>>, key: string): LogCommand | null {
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null
}
