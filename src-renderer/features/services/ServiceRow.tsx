import { memo } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { selectService } from '../../store/ui-store.ts'
import { useUsage } from '../../store/usage-store.ts'
import { IconButton } from '../../ui/Button.tsx'
import { formatBytes, formatPercent } from '../../ui/format.ts'
import { Badges } from './Badges.tsx'
import { Countdown, Elapsed } from './Elapsed.tsx'
import { StatusIcon } from './StatusIcon.tsx'
import { canRestart, canStart, canStop, lookOf, stateText, whyNoStart } from './service-text.ts'

interface ServiceRowProps {
  readonly service: ServiceView
  readonly isSelected: boolean
  /** Whether Tab stops here: one row of the list does, the arrow keys lead to the others. */
  readonly isTabStop: boolean
}

/** Drawn anew only if its own service, its selection or, in its cells, its usage changes. */
export const ServiceRow = memo(function ServiceRow({ service, isSelected, isTabStop }: ServiceRowProps) {
  const { key, name, problem } = service
  const tabIndex = isTabStop ? 0 : -1
  return (
    <li className="row" aria-label={`${name}, ${stateText(service)}`} data-selected={isSelected} data-key={key}>
      <StatusIcon look={lookOf(service)} />
      <div className="row-title">
        <button
          type="button"
          className="row-select"
          title={name}
          aria-current={isSelected}
          tabIndex={tabIndex}
          onClick={() => selectService(key)}
        >
          {name}
        </button>
        <Badges service={service} />
      </div>
      <div className="row-actions">
        <IconButton
          icon="play"
          label="Start"
          tabIndex={tabIndex}
          disabled={!canStart(service)}
          reason={whyNoStart(service)}
          onClick={() => void perform('services.start', { key })}
        />
        <IconButton
          icon="stop"
          label="Stop"
          tabIndex={tabIndex}
          disabled={!canStop(service)}
          onClick={() => void perform('services.stop', { key })}
        />
        <IconButton
          icon="restart"
          label="Restart"
          tabIndex={tabIndex}
          disabled={!canRestart(service)}
          onClick={() => void perform('services.restart', { key })}
        />
      </div>
      <RowFacts service={service} />
      {problem !== null && (
        <p className="row-problem" title={problem.message}>
          {problem.message}
        </p>
      )}
    </li>
  )
})

function RowFacts({ service }: { readonly service: ServiceView }) {
  const { status, port, pid, startedAt, retryAt, holderName } = service
  return (
    <p className="row-facts">
      <span className={`row-state look-${lookOf(service)}`}>{stateText(service)}</span>
      {status === 'backoff' && retryAt !== null && (
        <span>
          retry <Countdown until={retryAt} />
        </span>
      )}
      {port !== null && <span className="mono">{`:${port}`}</span>}
      {pid !== null && <span>{holderName === null ? `pid ${pid}` : `${holderName}, pid ${pid}`}</span>}
      {startedAt !== null && (
        <span>
          <Elapsed since={startedAt} />
        </span>
      )}
      {pid !== null && <RowUsage serviceKey={service.key} />}
    </p>
  )
}

function RowUsage({ serviceKey }: { readonly serviceKey: string }) {
  const usage = useUsage(serviceKey)
  if (usage === null) return null
  return (
    <span className="row-usage">
      <span title="CPU, percent of one core">{formatPercent(usage.cpuPercent)}</span>
      <span title="Memory of the whole process tree">{formatBytes(usage.memoryBytes)}</span>
    </span>
  )
}
