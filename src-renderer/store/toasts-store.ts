import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { Problem } from '../../src-preload/contract/result.ts'

/** A button on a toast. The toast goes with it. */
export interface ToastAction {
  readonly name: string
  readonly run: () => void
}

export interface Toast {
  readonly id: number
  /** What could not be done, or something that was done and may be wanted back. */
  readonly kind: 'problem' | 'done'
  readonly problem: Problem
  readonly action: ToastAction | null
}

/** More than these would cover what they are about. */
const MAX_TOASTS = 3

export const toastsStore = createStore<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }))

let lastId = 0

/** The same words again take the place of the older ones instead of piling up. */
export function showProblem(problem: Problem, action: ToastAction | null = null): void {
  show('problem', problem, action)
}

/** Says that something was done which the person may want to take back or go on with. */
export function showDone(message: string, action: ToastAction): void {
  show('done', { code: 'done', message, hint: '' }, action)
}

function show(kind: Toast['kind'], problem: Problem, action: ToastAction | null): void {
  lastId += 1
  const toast = { id: lastId, kind, problem, action }
  toastsStore.setState(({ toasts }) => {
    // What can be taken back is kept apart: two services may have the same name.
    const isSame = (other: Toast) => kind === 'problem' && other.problem.message === problem.message
    const others = toasts.filter((other) => !isSame(other))
    return { toasts: [...others, toast].slice(-MAX_TOASTS) }
  })
}

export function dismissToast(id: number): void {
  toastsStore.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }))
}

export function useToasts(): readonly Toast[] {
  return useStore(toastsStore, ({ toasts }) => toasts)
}
