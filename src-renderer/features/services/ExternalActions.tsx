import { useState } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { Button } from '../../ui/Button.tsx'

/**
 * What can be done about a server on our port that somebody else started. It is ended only after a second click that names
 * it: it may be in use.
 */
export function ExternalActions({ service: { key, pid, holderName } }: { readonly service: ServiceView }) {
  const [isAsking, setAsking] = useState(false)
  const who = holderName ?? 'this program'
  return (
    <div className="external-actions">
      {isAsking && pid !== null ? (
        <>
          <p role="alert">
            Stop {who} (pid {pid}) and all it started? Whoever uses it loses what it is doing.
          </p>
          <Button
            kind="danger"
            onClick={() => {
              setAsking(false)
              void perform('services.stopExternal', { key, pid })
            }}
          >
            Stop it now
          </Button>
          <Button onClick={() => setAsking(false)}>Cancel</Button>
        </>
      ) : (
        <>
          <p>The app watches it, but did not start it.</p>
          {pid !== null && <Button onClick={() => setAsking(true)}>Stop {who} …</Button>}
          <Button onClick={() => void perform('services.startOnFreePort', { key })}>Start on the next free port</Button>
        </>
      )}
    </div>
  )
}
