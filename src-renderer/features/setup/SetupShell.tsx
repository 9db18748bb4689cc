import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Toasts } from '../toasts/Toasts.tsx'
import type { Modal } from './use-modal.ts'

interface SetupShellProps {
  readonly modal: Modal
  readonly title: string
  /** Below the title, outside of what scrolls. */
  readonly top?: ReactNode
  readonly footer: ReactNode
  readonly children: ReactNode
  readonly size?: 'large' | 'small'
}

/** The frame of a dialog. What it is about scrolls; title and buttons stay in sight in the smallest window. */
export function SetupShell({ modal, title, top, footer, children, size = 'large' }: SetupShellProps) {
  const id = useId()
  return (
    <dialog {...modal.props} className={`dialog setup setup-${size}`} aria-labelledby={id}>
      <header className="setup-header">
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label="Close" onClick={modal.tryClose} />
      </header>
      {top}
      {children}
      <footer className="setup-footer">{modal.isAsking ? <DiscardQuestion modal={modal} /> : footer}</footer>
      {/* A modal dialog covers and disables whatever is not in it. */}
      <Toasts />
    </dialog>
  )
}

function DiscardQuestion({ modal }: { readonly modal: Modal }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return (
    <>
      <p className="setup-note" role="alert">
        Discard what you entered?
      </p>
      <Button kind="danger" onClick={modal.close}>
        Discard
      </Button>
      <Button ref={button} kind="primary" onClick={modal.keepEditing}>
        Keep editing
      </Button>
    </>
  )
}
