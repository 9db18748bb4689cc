import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon.tsx'

interface ButtonProps {
  readonly onClick: () => void
  readonly children: ReactNode
  readonly icon?: IconName
  readonly disabled?: boolean
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet'
}

/** A button with words. */
export function Button({ onClick, children, icon, disabled = false, kind = 'plain' }: ButtonProps) {
  return (
    <button type="button" className={`button button-${kind}`} disabled={disabled} onClick={onClick}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  )
}

interface IconButtonProps {
  readonly icon: IconName
  /** Its accessible name, also shown on hover. */
  readonly label: string
  readonly onClick: () => void
  readonly disabled?: boolean
  readonly tabIndex?: number
}

/** A button whose words are only heard and shown on hover. */
export function IconButton({ icon, label, onClick, disabled = false, tabIndex = 0 }: IconButtonProps) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}
