import { type KeyboardEvent, type SyntheticEvent, useEffect, useRef, useState } from 'react'

/**
 * A native modal dialog: the focus stays in it, and goes back to where it was, by the browser. Escape and the close button
 * ask first if something would be lost.
 *
 * @param onClosed once it is closed, by whatever
 */
export function useModal(hasChanges: boolean, onClosed: () => void) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Closed and not only taken away: else the browser would not give the focus back.
    return () => shown?.close()
  }, [])
  const isOver = useRef(false)
  const finish = () => {
    if (isOver.current) return
    isOver.current = true
    onClosed()
  }
  const close = () => {
    dialog.current?.close()
    // Not with its event, which comes later: a key that is pressed in between may have opened another dialog.
    finish()
  }
  const tryClose = () => {
    if (hasChanges && !isAsking) setAsking(true)
    else if (isAsking) setAsking(false)
    else close()
  }
  return {
    isAsking,
    /** Closes it whatever was entered. */
    close,
    tryClose,
    keepEditing: () => setAsking(false),
    props: {
      ref: dialog,
      onClose: finish,
      onKeyDown: (event: KeyboardEvent) => {
        // An element that has its own use for the key has prevented this.
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        tryClose()
      },
      // What is left are other ways to ask for it, such as a gesture.
      onCancel: (event: SyntheticEvent) => {
        event.preventDefault()
        tryClose()
      },
    },
  }
}

export type Modal = ReturnType<typeof useModal>
