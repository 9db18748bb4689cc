import { useEffect, useRef } from 'react'
import { IconButton } from '../../ui/Button.tsx'
import { OUTPUT_SHORTCUTS, ShortcutList } from '../settings/Shortcuts.tsx'

/** What the keyboard can do in the output. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className="dialog settings keys-help" aria-labelledby="keys-title" onClose={onClose}>
      <header>
        <h2 id="keys-title">Keys in the output</h2>
        <IconButton icon="close" label="Close" onClick={() => dialog.current?.close()} />
      </header>
      <div className="settings-body shortcuts">
        <ShortcutList shortcuts={OUTPUT_SHORTCUTS} />
      </div>
    </dialog>
  )
}
