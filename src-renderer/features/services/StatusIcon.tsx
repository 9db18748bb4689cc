import type { ReactNode } from 'react'
import type { Look } from './service-text.ts'

/** One shape per look; colour only repeats what the shape says. */
const SHAPES: Readonly<Record<Look, ReactNode>> = {
  stopped: <circle cx="8" cy="8" r="5" className="status-line" />,
  busy: <circle cx="8" cy="8" r="5" className="status-line status-spin" />,
  ok: (
    <>
      <circle cx="8" cy="8" r="6" className="status-fill" />
      <path d="M5.4 8.2l1.9 1.9 3.4-3.8" className="status-mark" />
    </>
  ),
  unproven: (
    <>
      <circle cx="8" cy="8" r="5" className="status-line" />
      <circle cx="8" cy="8" r="2.2" className="status-fill" />
    </>
  ),
  failing: (
    <>
      <path d="M8 1.8l6.6 11.6a.6.6 0 0 1-.5.9H1.9a.6.6 0 0 1-.5-.9z" className="status-fill" />
      <path d="M8 6v3.4M8 11.7v.1" className="status-mark" />
    </>
  ),
  failed: (
    <>
      <path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z" className="status-fill" />
      <path d="M6 6l4 4M10 6l-4 4" className="status-mark" />
    </>
  ),
  backoff: (
    <>
      <circle cx="8" cy="8" r="5.5" className="status-line" />
      <path d="M8 5v3.2l2.2 1.3" className="status-line" />
    </>
  ),
  external: (
    <>
      <path d="M8 1.8L14.2 8 8 14.2 1.8 8z" className="status-line" />
      <circle cx="8" cy="8" r="1.8" className="status-fill" />
    </>
  ),
}

export function StatusIcon({ look }: { readonly look: Look }) {
  return (
    <svg className={`status-icon look-${look}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {SHAPES[look]}
    </svg>
  )
}
