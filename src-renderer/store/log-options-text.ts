import type { LogViewName } from '../../src-preload/contract/log-view.ts'

export interface LogOptions {
  /** The view chosen for a service, by its key. */
  readonly views: Readonly<Record<string, LogViewName>>
  /** Keys of the services whose long lines are wrapped. */
  readonly wrapped: readonly string[]
  readonly showTimes: boolean
  /** Rows shown around each match where only matches are shown. */
  readonly context: number
  readonly search: { readonly isPattern: boolean; readonly matchCase: boolean; readonly wholeWord: boolean }
}

export const CONTEXTS = [0, 1, 3, 5] as const

export const noOptions: LogOptions = {
  views: {},
  wrapped: [],
  showTimes: false,
  context: 0,
  search: { isPattern: false, matchCase: false, wholeWord: false },
}

/** What was stored, without whatever of it is none; null if nothing was. An older or a later version may have stored it. */
export function parseOptions(stored: string | null): LogOptions | null {
  if (stored === null) return null
  let value: unknown
  try {
    value = JSON.parse(stored)
  } catch {
    return null
  }
  if (!isRecord(value)) return null
  const { views, wrapped, showTimes, context, search } = value
  const flags = isRecord(search) ? search : {}
  return {
    views: Object.fromEntries(Object.entries(isRecord(views) ? views : {}).filter(isView)),
    wrapped: Array.isArray(wrapped) ? wrapped.filter((key) => typeof key === 'string') : [],
    showTimes: showTimes === true,
    context: CONTEXTS.find((known) => known === context) ?? 0,
    search: {
      isPattern: flags.isPattern === true,
      matchCase: flags.matchCase === true,
      wholeWord: flags.wholeWord === true,
    },
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isView(entry: [string, unknown]): entry is [string, LogViewName] {
  return entry[1] === 'stdout' || entry[1] === 'stderr' || entry[1] === 'merged'
}
