import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useService } from '../../../store/services-store.ts'
import { Button } from '../../../ui/Button.tsx'
import { focusRowLater } from '../../services/focus-later.ts'
import { canStop } from '../../services/service-text.ts'
import { FormContext } from '../fields/form-context.ts'
import { asSentence } from '../form/field-problems.ts'
import { SetupShell } from '../SetupShell.tsx'
import { useFocusOnProblem } from '../use-focus-on-problem.ts'
import { type Modal, useModal } from '../use-modal.ts'
import { EditProblem } from './EditProblem.tsx'
import { Section } from './Section.tsx'
import { SectionTabs } from './SectionTabs.tsx'
import { type Edit, useEdit } from './use-edit.ts'

interface EditDialogProps {
  readonly serviceKey: string
  readonly onClosed: () => void
}

/** Everything that services.json says about a service. What is left empty stays out of the file. */
export function EditDialog({ serviceKey, onClosed }: EditDialogProps) {
  const edit = useEdit(serviceKey)
  const { editor, problem, section } = edit
  const modal = useModal(edit.isLoaded && editor.isChanged, () => {
    onClosed()
    focusRowLater(false)
  })
  const body = useRef<HTMLDivElement>(null)
  const name = useService(serviceKey)?.name ?? serviceKey
  const general = editor.problems.filter(({ field }) => field === '')
  useFocusOnProblem(body, edit.refusals)
  useEffect(() => {
    if (edit.isLoaded) body.current?.querySelector<HTMLElement>('input')?.focus()
  }, [edit.isLoaded])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return
    event.preventDefault()
    void edit.save(false, modal.close)
  }

  return (
    <SetupShell
      modal={modal}
      title={`Edit ${name}`}
      footer={<EditFooter edit={edit} modal={modal} serviceKey={serviceKey} />}
    >
      <FormContext value={edit.scope}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+Enter anywhere in the form saves it. */}
        <div className="edit-panes" onKeyDown={onKeyDown}>
          <SectionTabs edit={edit} />
          <div
            className="setup-body"
            ref={body}
            key={section}
            id="edit-section"
            role="tabpanel"
            aria-labelledby={`edit-tab-${section}`}
          >
            {problem !== null && <EditProblem edit={edit} problem={problem} close={modal.close} />}
            {general.map(({ message }) => (
              <p key={message} className="setup-warning setup-bad" role="alert">
                {asSentence(message)}
              </p>
            ))}
            {edit.isLoaded ? (
              <Section edit={edit} serviceKey={serviceKey} />
            ) : (
              problem === null && <p className="hint">Loading …</p>
            )}
          </div>
        </div>
      </FormContext>
    </SetupShell>
  )
}

interface EditFooterProps {
  readonly edit: Edit
  readonly modal: Modal
  readonly serviceKey: string
}

function EditFooter({ edit, modal, serviceKey }: EditFooterProps) {
  const service = useService(serviceKey)
  const isActive = service !== null && canStop(service)
  const isIdle = !edit.isLoaded || edit.isBusy || !edit.editor.isChanged
  return (
    <>
      <span className="setup-note" role="status">
        {isActive && edit.editor.isChanged ? 'It runs: changes count from its next start.' : ''}
      </span>
      <Button onClick={modal.tryClose}>Cancel</Button>
      {isActive && (
        <Button icon="restart" disabled={isIdle} onClick={() => void edit.save(true, modal.close)}>
          Save and restart
        </Button>
      )}
      <Button kind="primary" disabled={isIdle} onClick={() => void edit.save(false, modal.close)}>
        Save
      </Button>
    </>
  )
}
