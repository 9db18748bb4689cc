import type { ReactNode } from 'react'
import type { LogViewName } from '../../../src-preload/contract/log-view.ts'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { selectView, useView } from '../../store/log-options.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { useShortcut } from '../../ui/use-shortcut.ts'
import { ActionsMenu } from './ActionsMenu.tsx'
import { GoToBar } from './jump/GoToBar.tsx'
import { KeysHelp } from './KeysHelp.tsx'
import { LogViewer } from './LogViewer.tsx'
import { StatusBar } from './StatusBar.tsx'
import { ScrollMarks } from './search/ScrollMarks.tsx'
import { SearchBar } from './search/SearchBar.tsx'
import { useRowsSeen } from './use-rows-seen.ts'
import { useViewer, type Viewer } from './use-viewer.ts'

const PANEL_ID = 'output-panel'

const VIEWS = [
  { id: 'merged', name: 'All' },
  { id: 'stdout', name: 'stdout' },
  { id: 'stderr', name: 'stderr' },
] as const

interface OutputPaneProps {
  readonly service: ServiceView
  /** False in a window that shows nothing but this output. */
  readonly hasOwnWindow?: boolean
}

/** What a service printed. */
export function OutputPane({ service, hasOwnWindow = true }: OutputPaneProps) {
  const view = useView(service.key)
  return <ViewPane key={view} service={service} view={view} hasOwnWindow={hasOwnWindow} />
}

interface ViewPaneProps extends Required<OutputPaneProps> {
  readonly view: LogViewName
}

function ViewPane({ service: { key, name }, view, hasOwnWindow }: ViewPaneProps) {
  const viewer = useViewer(key, view)
  const { find, run, panel, setPanel, focusLog, range, scroll, extent } = viewer
  useShortcut('f', find.open)
  useShortcut('g', () => setPanel('go-to'))
  const closePanel = () => {
    setPanel(null)
    focusLog()
  }
  return (
    <section className="output" aria-label="Output">
      <div className="output-bar">
        <Tabs
          label="Output"
          panelId={PANEL_ID}
          selected={view}
          onSelect={(selected) => selectView(key, selected)}
          tabs={VIEWS}
        />
        <div className="output-tools">
          <IconButton
            icon="search"
            label="Search"
            isPressed={find.isOpen}
            onClick={find.isOpen ? find.close : find.open}
          />
          <span className="output-tools-more">
            <IconButton
              icon="wrap"
              label="Wrap long lines"
              isPressed={viewer.isWrapped}
              onClick={() => run({ kind: 'wrap' })}
            />
            <IconButton
              icon="clock"
              label="Show times"
              isPressed={viewer.showTimes}
              onClick={() => run({ kind: 'times' })}
            />
            <IconButton icon="folder" label="Show log files" onClick={() => void perform('logs.reveal', { key })} />
          </span>
          <ActionsMenu serviceKey={key} viewer={viewer} hasOwnWindow={hasOwnWindow} />
        </div>
      </div>
      <div className="output-panel" id={PANEL_ID} role="tabpanel" aria-labelledby={`tab-${view}`}>
        {find.isOpen && (
          <SearchBar
            find={find}
            onlyMatches={viewer.onlyMatches}
            onOnlyMatches={viewer.filterBy}
            context={viewer.context}
            onContext={viewer.showContext}
          />
        )}
        {panel === 'go-to' && (
          <GoToBar
            view={view}
            reference={viewer.referenceTime}
            onGo={viewer.jumps.toDestination}
            onClose={closePanel}
          />
        )}
        <div className="log-area">
          <Rows viewer={viewer} label={`${name} output`} />
          <Empty viewer={viewer} serviceKey={key} view={view} />
        </div>
        <StatusBar
          extent={extent}
          note={viewer.note}
          selectedRows={range === null ? 0 : selectedRows(viewer)}
          onCopy={viewer.copy}
          isFollowing={scroll.isFollowing}
          setFollowing={scroll.setFollowing}
        />
      </div>
      {panel === 'help' && <KeysHelp onClose={closePanel} />}
    </section>
  )
}

function Rows({ viewer, label }: { readonly viewer: Viewer; readonly label: string }) {
  const { shown, scroll, searchState, isFiltered, extent, find, marked } = viewer
  const count = extent === null ? 0 : extent.endRow
  const newRows = count - useRowsSeen(count, scroll.isFollowing)
  const hasMarks = find.isOpen && !isFiltered && extent !== null && searchState.epoch === extent.epoch
  return (
    <LogViewer
      list={shown.list}
      rowOf={shown.row}
      want={shown.want}
      layout={scroll.layout}
      scroll={scroll}
      isWrapped={viewer.isWrapped}
      showTimes={viewer.showTimes}
      marked={marked}
      newRows={newRows}
      label={label}
      run={viewer.run}
      onMouseDown={viewer.onMouseDown}
      onLink={(url) => viewer.range === null && void perform('app.openLink', { url })}
      marks={
        hasMarks && (
          <ScrollMarks rows={searchState.rows} extent={extent} height={scroll.layout.viewport} marked={marked} />
        )
      }
    />
  )
}

interface EmptyProps {
  readonly viewer: Viewer
  readonly serviceKey: string
  readonly view: LogViewName
}

/** Why there are no rows, and what to do about it. */
function Empty({ viewer, serviceKey, view }: EmptyProps) {
  const { extent, problem, source, shown, isFiltered, searchState } = viewer
  if (problem !== null) {
    return (
      <Notice role="alert">
        <p>{problem.message}</p>
        <Button icon="restart" onClick={() => source.reopen()}>
          Try again
        </Button>
      </Notice>
    )
  }
  if (extent === null || shown.list.count > 0) return null
  if (isFiltered && extent.endRow > extent.firstRow) {
    return <Notice>{searchState.progress < 1 ? <p>Searching …</p> : <p>No row matches.</p>}</Notice>
  }
  return (
    <Notice>
      <p>Nothing printed yet.</p>
      {view !== 'merged' && (
        <p>
          There may be output on the other stream:{' '}
          <button type="button" className="link" onClick={() => selectView(serviceKey, 'merged')}>
            show all
          </button>
          .
        </p>
      )}
    </Notice>
  )
}

function Notice({ children, role }: { readonly children: ReactNode; readonly role?: 'alert' }) {
  return (
    <div className="log-empty" role={role}>
      {children}
    </div>
  )
}

function selectedRows({ range, shown: { list } }: Viewer): number {
  if (range === null) return 0
  const last = list.positionOf(range.to.row)
  return Math.max(1, Math.min(last, list.count - 1) - list.positionOf(range.from.row) + 1)
}
