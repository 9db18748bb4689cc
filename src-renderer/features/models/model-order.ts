import type { ModelView } from '../../../src-preload/contract/models-view.ts'

const ACTIVE: ReadonlySet<ModelView['state']> = new Set(['loaded', 'loading', 'sleeping', 'failed'])

/** Ids in the order they are shown: those known keep their places, new ones follow, first what takes or wants memory. */
export function nextOrder(known: readonly string[], models: readonly ModelView[]): readonly string[] {
  const present = new Set(models.map(({ id }) => id))
  const seen = new Set(known)
  const fresh = models.filter(({ id }) => !seen.has(id))
  const active = fresh.filter(({ state }) => ACTIVE.has(state))
  const others = fresh.filter(({ state }) => !ACTIVE.has(state))
  return [...known.filter((id) => present.has(id)), ...[...active, ...others].map(({ id }) => id)]
}

/** Each id once: a server that lists one twice has one. */
export function inOrder(models: readonly ModelView[], order: readonly string[]): readonly ModelView[] {
  const byId = new Map(models.map((model) => [model.id, model]))
  return [...new Set(order)].flatMap((id) => byId.get(id) ?? [])
}
