import type { ServiceView } from '../../src-preload/contract/service-view.ts'
import { call } from '../bridge.ts'
import { perform } from './actions.ts'
import { moveTarget, neighbourOf } from './move-target.ts'
import { servicesStore } from './services-store.ts'
import { askToDelete, isConfigGood, openEdit } from './setup-store.ts'
import { showDone, showProblem } from './toasts-store.ts'
import { selectService, uiStore } from './ui-store.ts'

/** Whether deleting it ends a process that people may be using. */
export function isAtWork({ status }: ServiceView): boolean {
  return status === 'running' || status === 'starting' || status === 'stopping' || status === 'backoff'
}

/** Deletes a service that rests at once, since that can be undone; asks about one that runs. */
export function wishToDelete(key: string): void {
  const service = servicesStore.getState().byKey.get(key)
  if (service === undefined || service.removed || !isConfigGood()) return
  if (isAtWork(service)) askToDelete(key)
  else void deleteService(key)
}

/** Stops and deletes it, and offers to undo that. @returns whether it is gone */
export async function deleteService(key: string): Promise<boolean> {
  const { byKey, order } = servicesStore.getState()
  const name = byKey.get(key)?.name ?? key
  const next = neighbourOf(order, key)
  const reply = await call('config.delete', { key })
  if (!reply.ok) {
    showProblem(reply.error)
    return false
  }
  if (next !== null && (uiStore.getState().selectedKey ?? key) === key) selectService(next)
  const { undo } = reply.value
  showDone(`${name} deleted`, { name: 'Undo', run: () => void undoDelete(undo) })
  return true
}

async function undoDelete(undo: number): Promise<void> {
  const reply = await call('config.undoDelete', { undo })
  if (reply.ok) selectService(reply.value.key)
  else showProblem(reply.error)
}

/** A copy under a name and a port of its own, ready to be changed. */
export async function duplicateService(key: string): Promise<void> {
  if (!isConfigGood()) return
  const name = servicesStore.getState().byKey.get(key)?.name ?? key
  const reply = await call('config.duplicate', { key })
  if (!reply.ok) {
    showProblem(reply.error)
    return
  }
  const copy = reply.value.entry.key
  selectService(copy)
  showDone(`${name} duplicated`, { name: 'Edit', run: () => openEdit(copy) })
}

/** Moves a service by one place among those that are shown. */
export function moveService(key: string, step: 1 | -1, shown: readonly string[]): void {
  const target = moveTargetOf(key, step, shown)
  if (target !== null && isConfigGood()) void perform('config.move', { key, before: target.before })
}

export function canMove(key: string, step: 1 | -1, shown: readonly string[]): boolean {
  return moveTargetOf(key, step, shown) !== null
}

function moveTargetOf(key: string, step: 1 | -1, shown: readonly string[]) {
  const { byKey, order } = servicesStore.getState()
  const isInFile = (other: string) => byKey.get(other)?.removed === false
  return moveTarget(order.filter(isInFile), shown.filter(isInFile), key, step)
}
