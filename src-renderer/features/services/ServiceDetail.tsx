import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { useService } from '../../store/services-store.ts'
import { Button } from '../../ui/Button.tsx'
import { Badges } from './Badges.tsx'
import { DetailTabs } from './DetailTabs.tsx'
import { Countdown } from './Elapsed.tsx'
import { ExternalActions } from './ExternalActions.tsx'
import { ProblemNote } from './ProblemNote.tsx'
import { ServiceFacts } from './ServiceFacts.tsx'
import { ServiceMenu } from './ServiceMenu.tsx'
import { StatusIcon } from './StatusIcon.tsx'
import { lookOf, stateText } from './service-text.ts'
import { useSelectedKey } from './shown-services.ts'

/** Everything about the selected service. */
export function ServiceDetail() {
  const service = useService(useSelectedKey())
  if (service === null) return null
  return (
    <main className="detail" aria-label={service.name}>
      <DetailHeader service={service} />
      {service.problem !== null && <ProblemNote problem={service.problem} />}
      {service.status === 'external' && <ExternalActions key={`${service.key} ${service.pid}`} service={service} />}
      <ServiceFacts service={service} />
      <DetailTabs key={service.key} service={service} />
    </main>
  )
}

function DetailHeader({ service }: { readonly service: ServiceView }) {
  const { key, name, status, retryAt } = service
  return (
    <header className="detail-header">
      <h1 title={name}>{name}</h1>
      <span className={`state-chip look-${lookOf(service)}`}>
        <StatusIcon look={lookOf(service)} />
        {stateText(service)}
        {status === 'backoff' && retryAt !== null && (
          <>
            , retry <Countdown until={retryAt} />
          </>
        )}
      </span>
      <Badges service={service} />
      <div className="detail-actions">
        {status === 'stopping' && (
          <Button kind="danger" icon="bolt" onClick={() => void perform('services.stop', { key, force: true })}>
            Force stop
          </Button>
        )}
        <ServiceMenu service={service} />
      </div>
    </header>
  )
}
