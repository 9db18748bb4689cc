import { useCallback, useEffect, useState } from 'react'
import type { AppInfo, SettingsView } from '../../../src-preload/contract/app-view.ts'
import type { Reply } from '../../../src-preload/contract/result.ts'
import { call } from '../../bridge.ts'
import { showProblem } from '../../store/toasts-store.ts'

/** The settings as the main process holds them, and how to change some; null until they are here. */
export function useSettings(): readonly [SettingsView | null, (change: Partial<SettingsView>) => void] {
  const [settings, setSettings] = useState<SettingsView | null>(null)
  useEffect(() => void call('settings.get', {}).then(handOver(setSettings)), [])
  // Only what was kept is shown: if it cannot be saved, the old choice stays.
  const change = useCallback(
    (wanted: Partial<SettingsView>) => void call('settings.set', wanted).then(handOver(setSettings)),
    [],
  )
  return [settings, change]
}

export function useAppInfo(): AppInfo | null {
  const [info, setInfo] = useState<AppInfo | null>(null)
  useEffect(() => void call('app.info', {}).then(handOver(setInfo)), [])
  return info
}

function handOver<T>(take: (value: T) => void): (reply: Reply<T>) => void {
  return (reply) => {
    if (reply.ok) take(reply.value)
    else showProblem(reply.error)
  }
}
