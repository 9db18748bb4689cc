import { perform } from '../../../store/actions.ts'
import { LogViewer } from '../../logs/LogViewer.tsx'
import { useViewer } from '../../logs/use-viewer.ts'

/** What a service prints, as it does: the log viewer without its bars. */
export function LiveOutput({ serviceKey, name }: { readonly serviceKey: string; readonly name: string }) {
  const viewer = useViewer(serviceKey, 'merged')
  const { shown, scroll, extent, marked, range } = viewer
  return (
    <section className="output live-output" aria-label="Output">
      <div className="log-area">
        <LogViewer
          list={shown.list}
          rowOf={shown.row}
          want={shown.want}
          layout={scroll.layout}
          scroll={scroll}
          isWrapped={viewer.isWrapped}
          showTimes={false}
          marked={marked}
          newRows={0}
          label={`${name} output`}
          run={viewer.run}
          onMouseDown={viewer.onMouseDown}
          onLink={(url) => range === null && void perform('app.openLink', { url })}
          marks={null}
        />
        {(extent === null || shown.list.count === 0) && (
          <div className="log-empty">
            <p>Nothing printed yet.</p>
          </div>
        )}
      </div>
    </section>
  )
}
