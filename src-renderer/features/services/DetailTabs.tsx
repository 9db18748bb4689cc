import { Activity, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { usePreset } from '../../store/presets-store.ts'
import { type DetailTab, selectTab, useUi } from '../../store/ui-store.ts'
import { Later, LaterCode } from '../../ui/Later.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { useShortcut } from '../../ui/use-shortcut.ts'
import { LogSlot, LogSlotContext } from '../logs/rows/log-slot.ts'
import { shownTab, tabsOf } from './detail-tabs.ts'
import { focusTaker } from './focus-later.ts'

const PANEL_ID = 'detail-panel'

// Not part of what the window starts with: the list of services is on screen before them.
const output = new LaterCode(async () => (await import('../logs/OutputPane.tsx')).OutputPane)
const models = new LaterCode(async () => (await import('../models/ModelsPane.tsx')).ModelsPane)
const trying = new LaterCode(async () => (await import('../try/TryPane.tsx')).TryPane)

/** Once the window shows its services: so that no click waits for code. */
export async function prefetchTabs(): Promise<void> {
  await output.fetch()
  await Promise.all([models.fetch(), trying.fetch()])
}

/** The larger part of the detail pane: the service's output, its models, or a prompt to try it with. */
export function DetailTabs({ service }: { readonly service: ServiceView }) {
  const { key } = service
  const preset = usePreset(service.preset)
  const tabs = useMemo(() => tabsOf(preset), [preset])
  const tab = shownTab(
    tabs,
    useUi((state) => state.tabs.get(key)),
  )
  const panel = useRef<HTMLDivElement>(null)
  const focusPanel = useFocus(panel)
  const go = (id: DetailTab | undefined) => {
    if (id === undefined) return
    selectTab(key, id)
    focusPanel()
  }
  useShortcut('1', () => go(tabs[0]?.id))
  useShortcut('2', () => go(tabs[1]?.id))
  useShortcut('3', () => go(tabs[2]?.id))
  const panels = (
    <>
      <OutputPanel service={service} isShown={tab === 'output'} />
      {tab === 'models' && <Later code={models} props={{ service, docsUrl: preset?.docsUrl ?? null }} />}
      {tab === 'try' && <Later code={trying} props={{ service, canList: preset?.models.canList === true }} />}
    </>
  )
  if (tabs.length === 1) {
    return (
      <div className="detail-panel" ref={panel}>
        {panels}
      </div>
    )
  }
  return (
    <>
      <div className="detail-tabs">
        <Tabs
          kind="bar"
          label={service.name}
          panelId={PANEL_ID}
          tabs={tabs}
          selected={tab}
          // The prompt is filled in: whoever came with the mouse tries it with Enter.
          onSelect={(id, isByPointer) => (isByPointer && id === 'try' ? go(id) : selectTab(key, id))}
        />
      </div>
      <div className="detail-panel" ref={panel} id={PANEL_ID} role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {panels}
      </div>
    </>
  )
}

/** @returns a function that moves the focus to what is next used in the panel, once that is drawn */
function useFocus(panel: RefObject<HTMLElement | null>): () => void {
  const [wishes, setWishes] = useState(0)
  useEffect(() => {
    if (wishes > 0) focusTaker(panel.current)
  }, [panel, wishes])
  return () => setWishes((count) => count + 1)
}

interface OutputPanelProps {
  readonly service: ServiceView
  readonly isShown: boolean
}

/**
 * While another tab is shown the viewer stays as it is, so that it comes back at its place. It has no effects then: its
 * log rests, nothing is asked for and nothing drawn.
 */
function OutputPanel({ service, isShown }: OutputPanelProps) {
  const [wasShown, setWasShown] = useState(isShown)
  const [slot] = useState(() => new LogSlot())
  useEffect(() => () => slot.end(), [slot])
  if (isShown && !wasShown) setWasShown(true)
  if (!wasShown) return null
  return (
    <LogSlotContext value={slot}>
      <Activity mode={isShown ? 'visible' : 'hidden'}>
        <Later code={output} props={{ service }} fallback={<section className="output" aria-label="Output" />} />
      </Activity>
    </LogSlotContext>
  )
}
