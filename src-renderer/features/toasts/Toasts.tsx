import { useEffect } from 'react'
import { dismissToast, type Toast, useToasts } from '../../store/toasts-store.ts'
import { IconButton } from '../../ui/Button.tsx'

const SHOWN_MS = 12_000

/** What could not be done. Each goes by itself after a while; its reason stays with its service. */
export function Toasts() {
  return (
    <div className="toasts">
      {useToasts().map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastCard({ toast: { id, problem } }: { readonly toast: Toast }) {
  useEffect(() => {
    const timer = window.setTimeout(() => dismissToast(id), SHOWN_MS)
    return () => window.clearTimeout(timer)
  }, [id])
  return (
    <div className="toast" role="alert">
      <div>
        <p>{problem.message}</p>
        {problem.hint !== '' && <p className="hint">{problem.hint}</p>}
      </div>
      <IconButton icon="close" label="Dismiss" onClick={() => dismissToast(id)} />
    </div>
  )
}
