import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Problem } from '../../src-preload/contract/result.ts'

export interface Toast {
  readonly id: number
  readonly problem: Problem
}

/** More than these would cover what they are about. */
const MAX_TOASTS = 3

export const toastsStore = createStore<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }))

let lastId = 0

/** The same words again take the place of the older ones instead of piling up. */
export function showProblem(problem: Problem): void {
  lastId += 1
  const toast = { id: lastId, problem }
  toastsStore.setState(({ toasts }) => {
    const others = toasts.filter((other) => other.problem.message !== problem.message)
    return { toasts: [...others, toast].slice(-MAX_TOASTS) }
  })
}

export function dismissToast(id: number): void {
  toastsStore.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }))
}

export function useToasts(): readonly Toast[] {
  return useStore(toastsStore, ({ toasts }) => toasts)
}
