import { useCallback, useEffect, useState } from 'react'

/** A short word about what was just done, or could not be. */
export interface Note {
  readonly text: string
  readonly action?: { readonly name: string; readonly run: () => void }
}

const SHOWN_MS = 6000

/** The latest note. One with an action stays until the next; others go by themselves. */
export function useNote(): { readonly note: Note | null; readonly say: (note: Note | null) => void } {
  const [note, setNote] = useState<Note | null>(null)
  useEffect(() => {
    if (note === null || note.action !== undefined) return undefined
    const timer = window.setTimeout(() => setNote(null), SHOWN_MS)
    return () => window.clearTimeout(timer)
  }, [note])
  return { note, say: useCallback((next: Note | null) => setNote(next), []) }
}
