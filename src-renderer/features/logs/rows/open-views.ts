import type { LogViewName } from '../../../../src-preload/contract/log-view.ts'

/** How many components of this window show a view: main knows a window only, and would close it for all of them. */
const holders = new Map<string, number>()

export function holdView(key: string, view: LogViewName): void {
  const name = `${view} ${key}`
  holders.set(name, (holders.get(name) ?? 0) + 1)
}

/** @returns whether nobody shows it any more */
export function releaseView(key: string, view: LogViewName): boolean {
  const name = `${view} ${key}`
  const left = (holders.get(name) ?? 1) - 1
  if (left > 0) holders.set(name, left)
  else holders.delete(name)
  return left <= 0
}
