import type { ReactNode } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { useUsage } from '../../store/usage-store.ts'
import { IconButton } from '../../ui/Button.tsx'
import { formatBytes, formatPercent, formatTime } from '../../ui/format.ts'
import { Elapsed } from './Elapsed.tsx'

/** The facts below the header; a fact that does not exist takes no line. */
export function ServiceFacts({ service }: { readonly service: ServiceView }) {
  const { commandLine, lastExit, key, preset } = service
  return (
    <dl className="facts">
      <AddressFact service={service} />
      <ProcessFact service={service} />
      <HealthFact service={service} />
      <Fact name="Last exit">{lastExit === null ? null : `${lastExit.words}, ${formatTime(lastExit.at)}`}</Fact>
      <Fact name="Service">
        <span className="mono">{key}</span> <span className="faint">preset {preset}</span>
      </Fact>
      <Fact name="Command">{commandLine === '' ? null : <code className="command">{commandLine}</code>}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === null) return null
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function AddressFact({ service: { key, url } }: { readonly service: ServiceView }) {
  if (url === null) return null
  return (
    <Fact name="Address">
      <span className="address">
        <span className="mono">{url}</span>
        <IconButton icon="open" label="Open in browser" onClick={() => void perform('services.openUrl', { key })} />
        <IconButton icon="copy" label="Copy URL" onClick={() => void perform('services.copyUrl', { key })} />
      </span>
    </Fact>
  )
}

/** A model may load for minutes: how long it has is what people want to know then. */
function HealthFact({ service: { health, healthDetail, healthSince } }: { readonly service: ServiceView }) {
  if (healthDetail === null) return null
  const isNews = health === 'loading' || health === 'failing'
  return (
    <Fact name="Health">
      {isNews && healthSince !== null && (
        <>
          {health} for <Elapsed since={healthSince} />:{' '}
        </>
      )}
      {healthDetail}
    </Fact>
  )
}

function ProcessFact({ service: { key, pid, holderName, startedAt } }: { readonly service: ServiceView }) {
  const usage = useUsage(key)
  if (pid === null) return null
  return (
    <Fact name="Process">
      <span>{holderName === null ? `pid ${pid}` : `${holderName}, pid ${pid}`}</span>
      {startedAt !== null && (
        <span title={`Since ${formatTime(startedAt)}`}>
          , up <Elapsed since={startedAt} />
        </span>
      )}
      {usage !== null && (
        <span>
          , {formatPercent(usage.cpuPercent)} CPU, {formatBytes(usage.memoryBytes)}
          {usage.gpuMemoryBytes !== null && usage.gpuMemoryBytes > 0 && `, ${formatBytes(usage.gpuMemoryBytes)} GPU`}
          {usage.processCount > 1 && ` in ${usage.processCount} processes`}
        </span>
      )}
    </Fact>
  )
}
