import type { LogStreamName } from '../../../src-preload/contract/log-view.ts'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { selectStream, useUi } from '../../store/ui-store.ts'
import { IconButton } from '../../ui/Button.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import type { LogSource } from './log-source.ts'
import { StreamView } from './StreamView.tsx'
import { useLogSnapshot, useLogSource } from './use-log-source.ts'

const STREAMS = ['stdout', 'stderr'] as const
const PANEL_ID = 'output-panel'

/** What a service printed. Both streams are open, so that each tab can tell whether the other holds anything. */
export function OutputPane({ service }: { readonly service: ServiceView }) {
  const { key, name } = service
  const stream = useUi(({ streamByKey }) => streamByKey.get(key) ?? 'stdout')
  const sources = { stdout: useLogSource(key, 'stdout'), stderr: useLogSource(key, 'stderr') }
  const other = stream === 'stdout' ? 'stderr' : 'stdout'
  return (
    <section className="output" aria-label="Output">
      <div className="output-bar">
        <Tabs
          label="Output"
          panelId={PANEL_ID}
          selected={stream}
          onSelect={(selected) => selectStream(key, selected)}
          tabs={STREAMS.map((id) => ({
            id,
            name: id,
            mark: id === stream ? null : <LinesMark source={sources[id]} />,
          }))}
        />
        <IconButton icon="folder" label="Show log files" onClick={() => void perform('logs.reveal', { key })} />
      </div>
      <div className="output-panel" id={PANEL_ID} role="tabpanel" aria-labelledby={`tab-${stream}`}>
        <StreamView
          key={stream}
          source={sources[stream]}
          label={`${name} output`}
          otherwise={<OtherStream source={sources[other]} stream={other} onShow={() => selectStream(key, other)} />}
        />
      </div>
    </section>
  )
}

/** A dot on a tab whose stream holds lines. */
function LinesMark({ source }: { readonly source: LogSource }) {
  const { extent } = useLogSnapshot(source)
  if (extent === null || extent.lineCount === 0) return null
  return <span className="tab-mark" aria-hidden="true" />
}

interface OtherStreamProps {
  readonly source: LogSource
  readonly stream: LogStreamName
  readonly onShow: () => void
}

/** Many servers print to stderr only: an empty stream points to the other one. */
function OtherStream({ source, stream, onShow }: OtherStreamProps) {
  const { extent } = useLogSnapshot(source)
  if (extent === null || extent.lineCount === 0) return null
  return (
    <p>
      There is output on{' '}
      <button type="button" className="link" onClick={onShow}>
        {stream}
      </button>
      .
    </p>
  )
}
