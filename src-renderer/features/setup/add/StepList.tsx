import { Icon } from '../../../ui/Icon.tsx'
import { STEPS, type StepId, stepIndex } from './steps.ts'

interface StepListProps {
  readonly step: StepId
  /** Index of the furthest step so far. */
  readonly reached: number
  /** What was saved keeps its kind of server. */
  readonly isSaved: boolean
  readonly onGo: (step: StepId) => void
}

/** Where in the flow one is; steps that one has been at can be gone to. */
export function StepList({ step, reached, isSaved, onGo }: StepListProps) {
  const at = stepIndex(step)
  return (
    <ol className="steps" aria-label="Steps">
      {STEPS.map(({ id, name }, index) => {
        const canGo = index !== at && index <= reached && !(isSaved && id === 'server')
        return (
          <li key={id} className="step" data-state={index < at ? 'done' : index === at ? 'current' : 'ahead'}>
            <button
              type="button"
              aria-current={index === at ? 'step' : undefined}
              aria-disabled={!canGo}
              tabIndex={canGo ? 0 : -1}
              onClick={canGo ? () => onGo(id) : undefined}
            >
              <span className="step-mark" aria-hidden="true">
                {index < at ? <Icon name="check" /> : index + 1}
              </span>
              <span className="step-name">{name}</span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}
