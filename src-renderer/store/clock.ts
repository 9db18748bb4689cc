import { useSyncExternalStore } from 'react'
import { isPageVisible, onPageVisibility } from './page-visibility.ts'

const TICK_MS = 1000

const listeners = new Set<() => void>()
let now = Date.now()
let timer: number | null = null
let isWatching = false

function tick(): void {
  now = Date.now()
  for (const listener of listeners) listener()
}

function update(): void {
  const shouldRun = listeners.size > 0 && isPageVisible()
  if (shouldRun === (timer !== null)) return
  if (timer === null) {
    timer = window.setInterval(tick, TICK_MS)
    tick() // What was hidden for an hour is an hour behind.
  } else {
    window.clearInterval(timer)
    timer = null
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (!isWatching) {
    isWatching = true
    onPageVisibility(update)
  }
  // After this subscription's own commit: a tick inside it would draw everything twice.
  queueMicrotask(update)
  return () => {
    listeners.delete(listener)
    update()
  }
}

/** The time, renewed once a second by one timer for all who show it; the timer rests while nobody can see the page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}
