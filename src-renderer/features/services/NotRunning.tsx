import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { Button } from '../../ui/Button.tsx'
import { Countdown } from './Elapsed.tsx'
import { canStart } from './service-text.ts'

interface NotRunningProps {
  readonly service: ServiceView
  /** What it has to run for, e.g. `to tell its models`. */
  readonly purpose: string
}

/** Why there is nothing to see of a service that does not run, and the way to change that. */
export function NotRunning({ service, purpose }: NotRunningProps) {
  const { key, name, status, retryAt } = service
  return (
    <div className="empty">
      <p>
        {status === 'starting' && `${name} is starting …`}
        {status === 'stopping' && `${name} is stopping …`}
        {status === 'backoff' && (
          <>
            {name} crashed and starts again {retryAt === null ? 'soon' : <Countdown until={retryAt} />}.
          </>
        )}
        {(status === 'stopped' || status === 'failed') && `${name} has to run ${purpose}.`}
      </p>
      {canStart(service) && (
        <Button kind="primary" icon="play" onClick={() => void perform('services.start', { key })}>
          Start
        </Button>
      )}
    </div>
  )
}
