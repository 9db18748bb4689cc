import { useEffect, useState } from 'react'
import { perform } from '../../store/actions.ts'
import { IconButton } from '../../ui/Button.tsx'

const SHOWN_MS = 2000

interface CopyButtonProps {
  /** What is copied, for people: `Copy the answer`. */
  readonly label: string
  readonly text: () => string
}

/** Copies, and says so for a moment. */
export function CopyButton({ label, text }: CopyButtonProps) {
  const [copies, setCopies] = useState(0)
  useEffect(() => {
    if (copies === 0) return undefined
    const timer = window.setTimeout(() => setCopies(0), SHOWN_MS)
    return () => window.clearTimeout(timer)
  }, [copies])
  const copy = async () => {
    if (await perform('app.copyText', { text: text() })) setCopies((count) => count + 1)
  }
  return (
    <>
      <IconButton icon={copies > 0 ? 'check' : 'copy'} label={label} onClick={() => void copy()} />
      <span className="visually-hidden" role="status">
        {copies > 0 && 'Copied.'}
      </span>
    </>
  )
}
