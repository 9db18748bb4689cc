import type { ReactNode } from 'react'
import type { ModelView } from '../../../src-preload/contract/models-view.ts'

/** One shape per state; colour only repeats what the shape says. The looks are those of services. */
const ICONS: Readonly<Record<ModelView['state'], { readonly look: string; readonly shape: ReactNode }>> = {
  unloaded: { look: 'stopped', shape: <circle cx="8" cy="8" r="5" className="status-line" /> },
  loading: { look: 'busy', shape: <circle cx="8" cy="8" r="5" className="status-line status-spin" /> },
  loaded: {
    look: 'ok',
    shape: (
      <>
        <circle cx="8" cy="8" r="6" className="status-fill" />
        <path d="M5.4 8.2l1.9 1.9 3.4-3.8" className="status-mark" />
      </>
    ),
  },
  sleeping: {
    look: 'external',
    shape: <path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" className="status-line" />,
  },
  failed: {
    look: 'failed',
    shape: (
      <>
        <path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z" className="status-fill" />
        <path d="M6 6l4 4M10 6l-4 4" className="status-mark" />
      </>
    ),
  },
  unknown: { look: 'stopped', shape: <path d="M4 4h8v8H4z" className="status-line" /> },
}

export function ModelIcon({ state }: { readonly state: ModelView['state'] }) {
  const { look, shape } = ICONS[state]
  return (
    <svg className={`status-icon look-${look}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {shape}
    </svg>
  )
}
