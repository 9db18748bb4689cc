import type { ReactNode, Ref } from 'react'
import { Icon, type IconName } from './Icon.tsx'

interface ButtonProps {
  readonly onClick: () => void
  readonly children: ReactNode
  readonly icon?: IconName
  /** It stays focusable: a browser drops the focus of a disabled button, and a keyboard's place in the page with it. */
  readonly disabled?: boolean
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet'
  /** More about what it does, shown on hover. */
  readonly title?: string | undefined
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button with words. */
export function Button({ onClick, children, icon, disabled = false, kind = 'plain', title, ref }: ButtonProps) {
  return (
    <button
      ref={ref}
      type="button"
      title={title}
      className={`button button-${kind}`}
      aria-disabled={disabled}
      onClick={disabled ? undefined : onClick}
    >
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
  /** Why it is disabled, shown on hover. */
  readonly reason?: string | null
  readonly tabIndex?: number
  /** For a button that switches something on and off. */
  readonly isPressed?: boolean
}

/** A button whose words are only heard and shown on hover. */
export function IconButton(props: IconButtonProps) {
  const { icon, label, onClick, disabled = false, reason = null, tabIndex = 0, isPressed } = props
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={reason === null ? label : `${label}: ${reason}`}
      aria-disabled={disabled}
      aria-pressed={isPressed}
      tabIndex={tabIndex}
      onClick={disabled ? undefined : onClick}
    >
      <Icon name={icon} />
    </button>
  )
}
