import { useEffect, useRef } from 'react'
import { deleteService } from '../../store/config-actions.ts'
import { useService } from '../../store/services-store.ts'
import { Button } from '../../ui/Button.tsx'
import { SetupShell } from './SetupShell.tsx'
import { useModal } from './use-modal.ts'

interface DeleteDialogProps {
  readonly serviceKey: string
  readonly onClosed: () => void
}

/** Asked only about a service that runs: whoever uses it loses it. */
export function DeleteDialog({ serviceKey, onClosed }: DeleteDialogProps) {
  const modal = useModal(false, onClosed)
  const service = useService(serviceKey)
  const cancel = useRef<HTMLButtonElement>(null)
  useEffect(() => cancel.current?.focus(), [])
  return (
    <SetupShell
      modal={modal}
      size="small"
      title={`Delete ${service?.name ?? serviceKey}?`}
      footer={
        <>
          <span className="setup-note" />
          <Button ref={cancel} onClick={modal.close}>
            Cancel
          </Button>
          <Button
            kind="danger"
            icon="trash"
            onClick={() => {
              modal.close()
              void deleteService(serviceKey)
            }}
          >
            Stop and delete
          </Button>
        </>
      }
    >
      <div className="setup-body">
        <p>
          It is running. It will be stopped with everything it has started, and then taken out of services.json. What it
          has printed stays on disk.
        </p>
      </div>
    </SetupShell>
  )
}
