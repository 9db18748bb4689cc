import { useEffect, useState } from 'react'
import { dismissToast, type Toast, type ToastAction, useToasts } from '../../store/toasts-store.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { useShortcut } from '../../ui/use-shortcut.ts'

const SHOWN_MS = 12_000
/** What can be taken back can be for this long. */
const SHOWN_WITH_ACTION_MS = 10_000

const UNDO = 'Undo'

/** What was done or could not be. Each goes by itself after a while; the reason of a problem stays with its service. */
export function Toasts() {
  const toasts = useToasts()
  return (
    <div className="toasts">
      <UndoShortcut toasts={toasts} />
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastCard({ toast: { id, kind, problem, action } }: { readonly toast: Toast }) {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isHeld) return undefined
    const timer = window.setTimeout(() => dismissToast(id), action === null ? SHOWN_MS : SHOWN_WITH_ACTION_MS)
    return () => window.clearTimeout(timer)
  }, [id, isHeld, action])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: whoever is about to use it shall not lose it.
    <div
      className={`toast toast-${kind}`}
      role={kind === 'done' ? 'status' : 'alert'}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <div>
        <p>{problem.message}</p>
        {problem.hint !== '' && <p className="hint">{problem.hint}</p>}
      </div>
      <div className="toast-actions">
        {action !== null && <Button onClick={() => carryOut(id, action)}>{action.name}</Button>}
        <IconButton icon="close" label="Dismiss" onClick={() => dismissToast(id)} />
      </div>
    </div>
  )
}

function carryOut(id: number, { run }: ToastAction): void {
  dismissToast(id)
  run()
}

/** Ctrl+Z takes back what the newest toast offers to; where text is typed the key belongs to the text. */
function UndoShortcut({ toasts }: { readonly toasts: readonly Toast[] }) {
  const undo = toasts.findLast(({ action }) => action?.name === UNDO)
  useShortcut(
    'z',
    () => {
      if (undo !== undefined && undo.action !== null) carryOut(undo.id, undo.action)
    },
    (target) => undo !== undefined && !(target instanceof Element && target.matches('input, textarea')),
  )
  return null
}
