import { useState } from 'react'
import { IconButton } from '../../../ui/Button.tsx'
import type { FieldIds } from './Field.tsx'

interface SecretInputProps {
  readonly ids: Partial<FieldIds> & { readonly 'aria-label'?: string }
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
  readonly placeholder?: string | undefined
  /** False for a value that everybody may read. */
  readonly isMasked?: boolean
}

/** A value that is hidden until somebody asks to see it. */
export function SecretInput({ ids, value, onChange, onBlur, placeholder, isMasked = true }: SecretInputProps) {
  const [isShown, setShown] = useState(false)
  return (
    <span className="secret-input">
      <input
        {...ids}
        className="text-input mono"
        type={isMasked && !isShown ? 'password' : 'text'}
        spellCheck={false}
        autoComplete="off"
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
      />
      {isMasked && value !== '' && (
        <IconButton
          icon={isShown ? 'eye-off' : 'eye'}
          label="Show the value"
          isPressed={isShown}
          onClick={() => setShown(!isShown)}
        />
      )}
    </span>
  )
}
