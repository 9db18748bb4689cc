import { useEffect, useRef } from 'react'
import { perform } from '../../../store/actions.ts'
import { useService } from '../../../store/services-store.ts'
import { Button } from '../../../ui/Button.tsx'
import type { Modal } from '../use-modal.ts'
import { useFlowOutcome } from './RunStep.tsx'
import type { AddFlow } from './use-add-flow.ts'

interface AddFooterProps {
  readonly flow: AddFlow
  readonly modal: Modal
  readonly canGoOn: boolean
  readonly onGoOn: () => void
  /** Closes the dialog and leads to a prompt. */
  readonly onTry: () => void
}

/** The buttons below a step. */
export function AddFooter({ flow, modal, canGoOn, onGoOn, onTry }: AddFooterProps) {
  const { step, isBusy, saved } = flow
  if (step === 'run') return <RunFooter flow={flow} modal={modal} onTry={onTry} />
  const canGoBack = step !== 'server' && !(step === 'model' && saved !== null)
  return (
    <>
      {canGoBack && (
        <Button icon="left" onClick={flow.back}>
          Back
        </Button>
      )}
      <span className="setup-note" role="status">
        {step === 'server' ? 'Enter chooses' : ''}
      </span>
      {step === 'check' ? (
        <>
          <Button disabled={isBusy} onClick={() => void flow.save(modal.close)}>
            Save
          </Button>
          <Button kind="primary" icon="play" disabled={isBusy} onClick={onGoOn}>
            {saved === null ? 'Save and start' : 'Save and start again'}
          </Button>
        </>
      ) : (
        <Button kind="primary" disabled={isBusy || !canGoOn} onClick={onGoOn}>
          Continue
        </Button>
      )}
    </>
  )
}

function RunFooter({ flow, modal, onTry }: Pick<AddFooterProps, 'flow' | 'modal' | 'onTry'>) {
  const outcome = useFlowOutcome(flow)
  const key = flow.saved?.entry.key ?? ''
  const url = useService(key)?.url ?? null
  const main = useRef<HTMLButtonElement>(null)
  const { kind } = outcome
  const canTry = flow.preset?.canTry === true
  useEffect(() => {
    if ((kind === 'works' || kind === 'failed') && mayTakeFocus()) main.current?.focus()
  }, [kind])
  switch (kind) {
    case 'works':
      return (
        <>
          <Button icon="left" onClick={() => flow.backToForm(null)}>
            Change it
          </Button>
          <span className="setup-note" />
          {url !== null && (
            <Button icon="open" onClick={() => void perform('services.openUrl', { key })}>
              Open in browser
            </Button>
          )}
          <Button ref={canTry ? null : main} kind={canTry ? 'plain' : 'primary'} icon="check" onClick={modal.close}>
            Done
          </Button>
          {canTry && (
            <Button ref={main} kind="primary" icon="bolt" onClick={onTry}>
              Try it
            </Button>
          )}
        </>
      )
    case 'failed':
      return (
        <>
          <Button
            kind="danger"
            icon="trash"
            onClick={() => {
              modal.close()
              flow.discard()
            }}
          >
            Discard
          </Button>
          <span className="setup-note" />
          <Button onClick={modal.close}>Keep it</Button>
          <Button icon="restart" onClick={flow.startAgain}>
            Start again
          </Button>
          <Button ref={main} kind="primary" icon="left" onClick={() => flow.backToForm(outcome.problem.code)}>
            Back
          </Button>
        </>
      )
    default:
      return (
        <>
          <Button icon="left" onClick={() => flow.backToForm(null)}>
            Back
          </Button>
          <span className="setup-note">You can close this; it goes on.</span>
          <Button onClick={modal.close}>Close</Button>
        </>
      )
  }
}

/** The focus is led to what comes next, unless the person has put it somewhere. */
function mayTakeFocus(): boolean {
  const { activeElement } = document
  return (
    activeElement === document.body || activeElement?.closest('.step-heading, .setup-footer, .setup-header') !== null
  )
}
