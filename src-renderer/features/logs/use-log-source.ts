import { useEffect, useState, useSyncExternalStore } from 'react'
import type { LogStreamName } from '../../../src-preload/contract/log-view.ts'
import { call, listen } from '../../bridge.ts'
import { isPageVisible, onPageVisibility } from '../../store/page-visibility.ts'
import { type LogApi, type LogSnapshot, LogSource } from './log-source.ts'

const REOPEN_MS = 200

function logApi(key: string, stream: LogStreamName): LogApi {
  return {
    open: () => call('logs.open', { key, stream }),
    close: () => void call('logs.close', { key, stream }),
    page: (range) => call('logs.page', { key, stream, ...range }),
    onChange: (listener) => listen('logs.changed', listener),
    isVisible: isPageVisible,
    onVisibility: onPageVisibility,
    later: (action) => window.setTimeout(action, REOPEN_MS),
  }
}

/** The stream, open for as long as the component shows it. Another service or stream needs another component (`key`). */
export function useLogSource(key: string, stream: LogStreamName): LogSource {
  const [source] = useState(() => new LogSource(logApi(key, stream), key, stream))
  useEffect(() => source.start(), [source])
  return source
}

export function useLogSnapshot(source: LogSource): LogSnapshot {
  return useSyncExternalStore(source.subscribe, source.snapshot)
}
