import { useEffect, useId, useState } from 'react'
import type { ModelsView } from '../../../src-preload/contract/models-view.ts'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { Button } from '../../ui/Button.tsx'
import { formatCount } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { NotRunning } from '../services/NotRunning.tsx'
import { ProblemNote } from '../services/ProblemNote.tsx'
import { runOf } from '../services/run-of.ts'
import { ModelRow } from './ModelRow.tsx'
import { FILTER_FROM, MAX_SHOWN, matchingModels, summaryOf } from './model-text.ts'
import type { ModelsFeed, ModelsState } from './models-feed.ts'
import { modelsFeed, useModels } from './models-feeds.ts'

interface ModelsPaneProps {
  readonly service: ServiceView
  readonly docsUrl: string | null
}

/** What models a running server has, and which of them are in memory. */
export function ModelsPane({ service, docsUrl }: ModelsPaneProps) {
  const feed = modelsFeed(service.key)
  const state = useModels(feed)
  const run = runOf(service)
  useEffect(() => (run === null ? undefined : feed.watch(run)), [feed, run])
  return (
    <section className="models" aria-label="Models" tabIndex={-1} data-takes-focus="">
      {run === null ? (
        <NotRunning service={service} purpose="to tell its models" />
      ) : (
        <Models feed={feed} state={state} docsUrl={docsUrl} />
      )}
      <p className="visually-hidden" role="status">
        {state.news}
      </p>
    </section>
  )
}

interface ModelsProps {
  readonly feed: ModelsFeed
  readonly state: ModelsState
  readonly docsUrl: string | null
}

function Models({ feed, state, docsUrl }: ModelsProps) {
  const { view, problem } = state
  const [typed, setTyped] = useState('')
  if (view === null) {
    return problem === null ? <p className="empty">Asking the server …</p> : <ProblemNote problem={problem} />
  }
  const { models, note } = view
  const hasFilter = models.length >= FILTER_FROM
  // A filter nobody can see must not hide anything.
  const matching = hasFilter ? matchingModels(models, typed) : models
  return (
    <>
      <header className="models-bar">
        <p className="models-summary">{models.length > 0 && summaryOf(models)}</p>
        {hasFilter && <Filter typed={typed} onType={setTyped} />}
      </header>
      {problem !== null && (
        <>
          <ProblemNote problem={problem} />
          <p className="models-note">The list below is the last one the server gave.</p>
        </>
      )}
      {note !== null && <p className="models-note">{note}</p>}
      {models.length === 0 && <NoModels docsUrl={docsUrl} />}
      {models.length > 0 && matching.length === 0 && <p className="empty">No model matches the filter.</p>}
      <ModelList feed={feed} state={state} view={{ ...view, models: matching }} />
    </>
  )
}

function ModelList({ feed, state, view }: Omit<ModelsProps, 'docsUrl'> & { readonly view: ModelsView }) {
  const { models, canLoad, canUnload } = view
  const hidden = models.length - MAX_SHOWN
  if (models.length === 0) return null
  return (
    <>
      <ul className="model-list" aria-label="Models of the server">
        {models.slice(0, MAX_SHOWN).map((model) => (
          <ModelRow
            key={model.id}
            model={model}
            feed={feed}
            canLoad={canLoad}
            canUnload={canUnload}
            work={state.works.get(model.id)}
            failure={state.failures.get(model.id)}
            loadingSince={state.loadingSince.get(model.id)}
          />
        ))}
      </ul>
      {hidden > 0 && <p className="models-note">And {formatCount(hidden)} more: the filter finds them.</p>}
    </>
  )
}

function Filter({ typed, onType }: { readonly typed: string; readonly onType: (typed: string) => void }) {
  const id = useId()
  return (
    <label className="filter" htmlFor={id}>
      <Icon name="search" />
      <input
        id={id}
        type="search"
        aria-label="Filter models"
        placeholder="Filter"
        spellCheck={false}
        value={typed}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onType('')
        }}
      />
    </label>
  )
}

function NoModels({ docsUrl }: { readonly docsUrl: string | null }) {
  return (
    <div className="empty">
      <p>The server has no models.</p>
      <p>Download one with the server’s own tools, or start it with one; it shows up here within seconds.</p>
      {docsUrl !== null && (
        <Button icon="open" onClick={() => void perform('app.openLink', { url: docsUrl })}>
          How to get models …
        </Button>
      )}
    </div>
  )
}
