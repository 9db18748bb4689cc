import { useEffect, useRef } from 'react'

const isMac = navigator.platform.startsWith('Mac')

export const SHORTCUT_MODIFIER = isMac ? '⌘' : 'Ctrl'

/**
 * Calls `action` for Ctrl (on a Mac: Command) and `key`, while the component shows, no modal dialog covers it, and nothing
 * closer to the focus took the key.
 */
export function useShortcut(key: string, action: () => void): void {
  const latest = useRef(action)
  useEffect(() => {
    latest.current = action
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const hasModifier = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
      if (!hasModifier || event.altKey || event.shiftKey || event.key.toLowerCase() !== key) return
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [key])
}
