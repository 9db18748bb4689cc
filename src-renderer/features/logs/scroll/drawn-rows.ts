/** Attribute that holds a drawn row's number. */
export const ROW_ATTRIBUTE = 'data-row'

/** The drawn rows, in their order. */
export function drawnRows(log: HTMLElement | null): HTMLElement[] {
  return log === null ? [] : [...log.querySelectorAll<HTMLElement>(`[${ROW_ATTRIBUTE}]`)]
}

export function rowOf(element: Element): number {
  return Number(element.getAttribute(ROW_ATTRIBUTE))
}

export function drawnRow(log: HTMLElement | null, row: number): HTMLElement | null {
  return log?.querySelector<HTMLElement>(`[${ROW_ATTRIBUTE}="${row}"]`) ?? null
}

/** Heights of the drawn rows, by number. */
export function drawnHeights(log: HTMLElement | null): Map<number, number> {
  return new Map(drawnRows(log).map((element) => [rowOf(element), element.offsetHeight]))
}

/** The first and the last row of which anything is seen; null if there is none. */
export function seenRows(log: HTMLElement | null): { readonly first: number; readonly last: number } | null {
  if (log === null) return null
  const top = log.getBoundingClientRect().top
  const bottom = top + log.clientHeight
  const seen = drawnRows(log).filter((element) => {
    const box = element.getBoundingClientRect()
    return box.bottom > top + 1 && box.top < bottom - 1
  })
  const [first, last] = [seen[0], seen.at(-1)]
  return first === undefined || last === undefined ? null : { first: rowOf(first), last: rowOf(last) }
}

/** Whether all of a row is seen, or as much of it as fits. */
export function isWhollySeen(log: HTMLElement | null, row: number): boolean {
  const element = drawnRow(log, row)
  if (log === null || element === null) return false
  const box = element.getBoundingClientRect()
  const top = log.getBoundingClientRect().top
  const bottom = top + log.clientHeight
  const isInside = box.top >= top - 1 && box.bottom <= bottom + 1
  return isInside || (box.top <= top + 1 && box.bottom >= bottom - 1)
}
