import { useEffect, useState, useSyncExternalStore } from 'react'
import type { LogViewName } from '../../../../src-preload/contract/log-view.ts'
import { call, listen } from '../../../bridge.ts'
import { LogSearch, type SearchApi } from './log-search.ts'

function searchApi(key: string, view: LogViewName): SearchApi {
  return {
    search: (query) => call('logs.search', { key, view, ...query }),
    end: (searchId) => void call('logs.endSearch', { searchId }),
    ranges: ({ searchId, texts }) => call('logs.ranges', { searchId, texts: [...texts] }),
    onMatches: (listener) => listen('logs.matches', listener),
  }
}

/** The search of a view; it ends with the component. */
export function useLogSearch(key: string, view: LogViewName) {
  const [search] = useState(() => new LogSearch(searchApi(key, view)))
  useEffect(() => search.start(), [search])
  const state = useSyncExternalStore(search.subscribe, search.state)
  return { search, state }
}
