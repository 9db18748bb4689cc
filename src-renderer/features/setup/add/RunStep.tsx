import { useEffect, useRef, useState } from 'react'
import { useService } from '../../../store/services-store.ts'
import { Countdown, Elapsed } from '../../services/Elapsed.tsx'
import { ProblemNote } from '../../services/ProblemNote.tsx'
import { StatusIcon } from '../../services/StatusIcon.tsx'
import { lookOf, stateText } from '../../services/service-text.ts'
import { StepHeading } from '../StepHeading.tsx'
import { LiveOutput } from './LiveOutput.tsx'
import { type RunOutcome, runOutcome, settleMs } from './run-outcome.ts'
import type { AddFlow } from './use-add-flow.ts'

/** How the start goes: state and output as they come, until it works or says why not. */
export function RunStep({ flow }: { readonly flow: AddFlow }) {
  const key = flow.saved?.entry.key ?? ''
  const service = useService(key)
  const outcome = useFlowOutcome(flow)
  const name = service?.name ?? key
  return (
    <div className="run-step">
      <StepHeading>{headingOf(outcome, name)}</StepHeading>
      <p className="run-state" role="status">
        {service !== null && (
          <span className={`state-chip look-${lookOf(service)}`}>
            <StatusIcon look={lookOf(service)} />
            {stateText(service)}
          </span>
        )}
        {outcome.kind === 'loading' && outcome.since !== null && (
          <span className="faint">
            for <Elapsed since={outcome.since} />; a model may take minutes
          </span>
        )}
        {service?.status === 'backoff' && service.retryAt !== null && (
          <span className="faint">
            it is tried again <Countdown until={service.retryAt} />
          </span>
        )}
        {outcome.kind === 'works' && service?.url != null && <code>{service.url}</code>}
        {outcome.kind === 'works' && !outcome.isProven && (
          <span className="faint">Nothing can be asked of it, but its process lives.</span>
        )}
      </p>
      {outcome.kind === 'failed' && (
        <div role="alert">
          <ProblemNote problem={outcome.problem} />
        </div>
      )}
      {key !== '' && <LiveOutput key={key} serviceKey={key} name={name} />}
    </div>
  )
}

function headingOf(outcome: RunOutcome, name: string): string {
  switch (outcome.kind) {
    case 'starting':
      return `Starting ${name} …`
    case 'loading':
      return `${name} is loading …`
    case 'works':
      return outcome.isProven ? 'It works' : 'It runs'
    case 'failed':
      return `${name} did not start`
  }
}

const starting: RunOutcome = { kind: 'starting' }

/** What became of the start of the flow. */
export function useFlowOutcome({ saved, attempt }: AddFlow): RunOutcome {
  const service = useService(saved?.entry.key ?? null)
  const now = attempt === null ? starting : runOutcome(service, attempt)
  const at = attempt?.at ?? null
  const [settled, setSettled] = useState<RunOutcome['kind'] | null>(null)
  const shown = useRef({ at, outcome: starting })
  if (shown.current.at !== at) shown.current = { at, outcome: starting }
  const { kind } = now
  const wait = settleMs(shown.current.outcome, now)
  useEffect(() => {
    setSettled(null)
    if (wait === null || wait === 0) return undefined
    const timer = window.setTimeout(() => setSettled(kind), wait)
    return () => window.clearTimeout(timer)
  }, [kind, wait])
  if (wait === 0 || (wait !== null && settled === kind)) shown.current = { at, outcome: now }
  return shown.current.outcome
}
