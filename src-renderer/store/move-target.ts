/** Where to: in front of a service, or to the end. */
export interface MoveTarget {
  readonly before: string | null
}

/**
 * Where a service goes that is moved up or down by one of those that are shown; null if it is at that end already.
 *
 * @param order keys in the order of services.json
 * @param shown those that a person sees, in the same order
 */
export function moveTarget(
  order: readonly string[],
  shown: readonly string[],
  key: string,
  step: 1 | -1,
): MoveTarget | null {
  const at = shown.indexOf(key)
  const neighbour = shown[at + step]
  if (at === -1 || neighbour === undefined) return null
  if (step === -1) return { before: neighbour }
  const others = order.filter((other) => other !== key)
  return { before: others[others.indexOf(neighbour) + 1] ?? null }
}

/** The service that is looked at once another one is gone: the one that takes its place, or else the one before. */
export function neighbourOf(order: readonly string[], key: string): string | null {
  const at = order.indexOf(key)
  return at === -1 ? null : (order[at + 1] ?? order[at - 1] ?? null)
}
