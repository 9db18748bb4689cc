import { useEffect, useRef } from 'react'

const isMac = navigator.platform.startsWith('Mac')

export const SHORTCUT_MODIFIER = isMac ? '⌘' : 'Ctrl'

const always = () => true

/**
 * Calls `action` for Ctrl (on a Mac: Command) and `key`, while the component shows, no modal dialog covers it, and nothing
 * closer to the focus took the key.
 *
 * @param isWanted whether it takes a key that was pressed there
 */
export function useShortcut(
  key: string,
  action: () => void,
  isWanted: (target: EventTarget | null) => boolean = always,
) {
  const latest = useRef({ action, isWanted })
  useEffect(() => {
    latest.current = { action, isWanted }
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const hasModifier = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
      if (!hasModifier || event.altKey || event.shiftKey || event.key.toLowerCase() !== key) return
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
      if (!latest.current.isWanted(event.target)) return
      event.preventDefault()
      latest.current.action()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [key])
}
