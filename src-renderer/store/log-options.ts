import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { LogViewName } from '../../src-preload/contract/log-view.ts'
import { type LogOptions, noOptions, parseOptions } from './log-options-text.ts'

const STORAGE_KEY = 'agentos.logOptions'

/** How output is shown. Remembered, so that it looks the same after a restart and in every window. */
export const logOptionsStore = createStore<LogOptions>(() => read() ?? noOptions)

export function useLogOptions<T>(selector: (options: LogOptions) => T): T {
  return useStore(logOptionsStore, selector)
}

/** What is looked at of a service: both streams until somebody chose. */
export function useView(key: string): LogViewName {
  return useLogOptions(({ views }) => (Object.hasOwn(views, key) ? (views[key] ?? 'merged') : 'merged'))
}

export function useIsWrapped(key: string): boolean {
  return useLogOptions(({ wrapped }) => wrapped.includes(key))
}

export function selectView(key: string, view: LogViewName): void {
  update(({ views }) => ({ views: { ...views, [key]: view } }))
}

export function setWrapped(key: string, isWrapped: boolean): void {
  update(({ wrapped }) => {
    const others = wrapped.filter((other) => other !== key)
    return { wrapped: isWrapped ? [...others, key] : others }
  })
}

export function setShowTimes(showTimes: boolean): void {
  update(() => ({ showTimes }))
}

export function setContext(context: number): void {
  update(() => ({ context }))
}

export function setSearchFlags(flags: Partial<LogOptions['search']>): void {
  update(({ search }) => ({ search: { ...search, ...flags } }))
}

/** On top of what is stored now: another window may have changed something else meanwhile. */
function update(change: (options: LogOptions) => Partial<LogOptions>): void {
  const known = logOptionsStore.getState()
  const before = read() ?? known
  const options = withKnownParts(known, { ...before, ...change(before) })
  logOptionsStore.setState(options)
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(options))
  } catch {
    // Storage may be refused or full; then the options just are not remembered.
  }
}

/** What was read anew but did not change stays the same object, so that nobody takes it for a change: a search would begin anew. */
function withKnownParts(known: LogOptions, options: LogOptions): LogOptions {
  const isSame = (part: keyof LogOptions) => JSON.stringify(known[part]) === JSON.stringify(options[part])
  return {
    ...options,
    views: isSame('views') ? known.views : options.views,
    wrapped: isSame('wrapped') ? known.wrapped : options.wrapped,
    search: isSame('search') ? known.search : options.search,
  }
}

function read(): LogOptions | null {
  try {
    return parseOptions(localStorage.getItem(STORAGE_KEY))
  } catch {
    return null
  }
}
