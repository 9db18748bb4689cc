import { useEffect } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { useService, useServices } from '../../store/services-store.ts'
import { IconButton } from '../../ui/Button.tsx'
import { StatusIcon } from '../services/StatusIcon.tsx'
import { canRestart, canStart, canStop, lookOf, stateText, whyNoStart } from '../services/service-text.ts'
import { Toasts } from '../toasts/Toasts.tsx'
import { OutputPane } from './OutputPane.tsx'

/** A window that shows one service's output and nothing else. */
export function LogWindow({ serviceKey }: { readonly serviceKey: string }) {
  const service = useService(serviceKey)
  const isReady = useServices(({ phase }) => phase === 'ready')
  const name = service?.name ?? serviceKey
  useEffect(() => {
    document.title = `${name} output`
  }, [name])
  return (
    <div className="app log-window" aria-busy={!isReady}>
      {service === null ? (
        <p className="empty">{isReady ? `${serviceKey} is gone from services.json.` : 'Loading …'}</p>
      ) : (
        <>
          <Header service={service} />
          <OutputPane service={service} hasOwnWindow={false} />
        </>
      )}
      <Toasts />
    </div>
  )
}

function Header({ service }: { readonly service: ServiceView }) {
  const { key, name } = service
  return (
    <header className="log-window-header">
      <h1>{name}</h1>
      <span className={`state-chip look-${lookOf(service)}`}>
        <StatusIcon look={lookOf(service)} />
        {stateText(service)}
      </span>
      <span className="log-window-actions">
        <IconButton
          icon="play"
          label="Start"
          disabled={!canStart(service)}
          reason={whyNoStart(service)}
          onClick={() => void perform('services.start', { key })}
        />
        <IconButton
          icon="stop"
          label="Stop"
          disabled={!canStop(service)}
          onClick={() => void perform('services.stop', { key })}
        />
        <IconButton
          icon="restart"
          label="Restart"
          disabled={!canRestart(service)}
          onClick={() => void perform('services.restart', { key })}
        />
      </span>
    </header>
  )
}
