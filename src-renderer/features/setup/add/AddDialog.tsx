import { type KeyboardEvent, useRef } from 'react'
import { selectService, selectTab } from '../../../store/ui-store.ts'
import { focusPanelLater, focusRowLater } from '../../services/focus-later.ts'
import { FormContext } from '../fields/form-context.ts'
import { SetupProblem } from '../SetupProblem.tsx'
import { SetupShell } from '../SetupShell.tsx'
import { useFocusOnProblem } from '../use-focus-on-problem.ts'
import { useModal } from '../use-modal.ts'
import { AddFooter } from './AddFooter.tsx'
import { AddressStep } from './AddressStep.tsx'
import { CheckStep } from './CheckStep.tsx'
import { FlowProblemActions } from './FlowProblemActions.tsx'
import { ModelStep } from './ModelStep.tsx'
import { RunStep } from './RunStep.tsx'
import { ServerStep } from './ServerStep.tsx'
import { StepList } from './StepList.tsx'
import { useAddFlow } from './use-add-flow.ts'
import { useServerChoice } from './use-server-choice.ts'

/** From a known server, or any program, to one that runs; with the keyboard alone if wanted. */
export function AddDialog({ onClosed }: { readonly onClosed: () => void }) {
  const flow = useAddFlow()
  const choice = useServerChoice()
  const { step, preset, editor, problem, saved } = flow
  const isEntered = step !== 'server' && step !== 'run' && editor.isChanged
  const body = useRef<HTMLDivElement>(null)
  const wantsTry = useRef(false)
  const modal = useModal(isEntered, () => {
    onClosed()
    if (saved !== null) selectService(saved.entry.key)
    if (wantsTry.current) focusPanelLater()
    else focusRowLater(saved !== null)
  })
  useFocusOnProblem(body, flow.refusals)

  const goOn = () => {
    if (step === 'server') {
      if (choice.selected !== null) void flow.choose(choice.selected.preset)
    } else if (step === 'check') void flow.save(null)
    else if (step !== 'run') void flow.next()
  }

  const tryIt = () => {
    if (saved !== null) selectTab(saved.entry.key, 'try')
    wantsTry.current = true
    modal.close()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.defaultPrevented || modal.isAsking || step === 'run') return
    const isForced = event.ctrlKey || event.metaKey
    // On these the key has a meaning of its own.
    const isTaken =
      event.target instanceof Element && event.target.closest('button, a, textarea, select, summary') !== null
    if (isTaken && !isForced) return
    event.preventDefault()
    goOn()
  }

  return (
    <SetupShell
      modal={modal}
      title={preset === null || step === 'server' ? 'Add service' : `Add service: ${preset.title}`}
      top={<StepList step={step} reached={flow.reached} isSaved={saved !== null} onGo={flow.goTo} />}
      footer={
        <AddFooter
          flow={flow}
          modal={modal}
          canGoOn={step !== 'server' || choice.selected !== null}
          onGoOn={goOn}
          onTry={tryIt}
        />
      }
    >
      <FormContext value={flow.scope}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter anywhere in the step goes on to the next. */}
        <div className="setup-body" ref={body} onKeyDown={onKeyDown} key={step}>
          {problem !== null && (
            <SetupProblem problem={problem}>
              <FlowProblemActions flow={flow} problem={problem} />
            </SetupProblem>
          )}
          {step === 'server' && (
            <ServerStep
              choice={choice}
              onChoose={goOn}
              onWatch={(preset, server) => void flow.watch(preset, server, modal.close)}
            />
          )}
          {step === 'model' && <ModelStep />}
          {step === 'address' && <AddressStep />}
          {step === 'check' && <CheckStep flow={flow} />}
          {step === 'run' && <RunStep flow={flow} />}
        </div>
      </FormContext>
    </SetupShell>
  )
}
