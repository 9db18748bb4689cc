import { useContext, useEffect, useState, useSyncExternalStore } from 'react'
import type { LogViewName } from '../../../../src-preload/contract/log-view.ts'
import { call, listen } from '../../../bridge.ts'
import { isPageVisible, onPageVisibility } from '../../../store/page-visibility.ts'
import { LogSlotContext } from './log-slot.ts'
import { type LogApi, type LogSnapshot, LogSource } from './log-source.ts'
import { holdView, releaseView } from './open-views.ts'

const REOPEN_MS = 200

function logApi(key: string, view: LogViewName): LogApi {
  return {
    open: () => call('logs.open', { key, view }),
    close: () => {
      if (releaseView(key, view)) void call('logs.close', { key, view })
    },
    page: (range) => call('logs.page', { key, view, ...range }),
    onChange: (listener) => listen('logs.changed', listener),
    isVisible: isPageVisible,
    onVisibility: onPageVisibility,
    later: (action) => window.setTimeout(action, REOPEN_MS),
  }
}

/** The view, open for as long as the component shows it or its slot keeps it. Another service or view needs another component (`key`). */
export function useLogSource(key: string, view: LogViewName): LogSource {
  const [source] = useState(() => new LogSource(logApi(key, view), key, view))
  const slot = useContext(LogSlotContext)
  useEffect(() => {
    const start = () => {
      holdView(key, view)
      return source.start()
    }
    return slot === null ? start() : slot.use(source, start)
  }, [slot, source, key, view])
  return source
}

export function useLogSnapshot(source: LogSource): LogSnapshot {
  return useSyncExternalStore(source.subscribe, source.snapshot)
}
