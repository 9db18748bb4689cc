import { type ReactNode, useEffect, useRef } from 'react'

/** Has the focus when its step appears, so that it is read aloud and the keyboard goes on from there. */
export function StepHeading({
  children,
  takesFocus = true,
}: {
  readonly children: ReactNode
  readonly takesFocus?: boolean
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus) heading.current?.focus()
  }, [takesFocus])
  return (
    <h3 ref={heading} className="step-heading" tabIndex={-1}>
      {children}
    </h3>
  )
}
