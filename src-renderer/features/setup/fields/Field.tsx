import { type ReactNode, useId } from 'react'
import { asSentence } from '../form/field-problems.ts'

/** What ties a control to its words. */
export interface FieldIds {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean
  readonly 'aria-required': boolean
}

interface FieldProps {
  readonly label: string
  /** One sentence; empty if there is nothing to say. */
  readonly help?: ReactNode
  readonly problem?: string | null
  readonly isRequired?: boolean
  readonly children: (ids: FieldIds) => ReactNode
}

/** A control with its label, its help and what is wrong with it; the latter is said aloud when it appears. */
export function Field({ label, help = '', problem = null, isRequired = false, children }: FieldProps) {
  const id = useId()
  const helpId = `${id}help`
  const problemId = `${id}problem`
  const described = [help !== '' && helpId, problem !== null && problemId].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
        {isRequired && <span className="field-required"> required</span>}
      </label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': problem !== null,
        'aria-required': isRequired,
      })}
      {help !== '' && (
        <p id={helpId} className="field-help">
          {help}
        </p>
      )}
      <FieldProblemText id={problemId} problem={problem} subject={label} />
    </div>
  )
}

interface ProblemTextProps {
  readonly id: string
  readonly problem: string | null
  /** Who it is about, for problems that do not say so. */
  readonly subject?: string
}

/** Always there, since only what changes inside of it is announced. */
export function FieldProblemText({ id, problem, subject }: ProblemTextProps) {
  return (
    <p id={id} className="field-problem" aria-live="polite">
      {problem === null ? '' : asSentence(problem, subject)}
    </p>
  )
}
