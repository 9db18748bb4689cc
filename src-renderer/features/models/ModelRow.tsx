import { memo, useEffect, useRef } from 'react'
import type { ModelView } from '../../../src-preload/contract/models-view.ts'
import type { Problem } from '../../../src-preload/contract/result.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Countdown, Elapsed } from '../services/Elapsed.tsx'
import { ModelIcon } from './ModelIcon.tsx'
import { mayLoad, mayUnload, modelFacts, stateWord } from './model-text.ts'
import type { ModelsFeed, ModelWork } from './models-feed.ts'

interface ModelRowProps {
  readonly model: ModelView
  readonly feed: ModelsFeed
  readonly canLoad: boolean
  readonly canUnload: boolean
  readonly work: ModelWork | undefined
  readonly failure: Problem | undefined
  readonly loadingSince: number | undefined
}

/** Drawn anew only if its own model, or what is done with it, changed. */
export const ModelRow = memo(function ModelRow(props: ModelRowProps) {
  const { model, work, failure, loadingSince } = props
  const state = work?.kind === 'load' ? 'loading' : model.state
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    // Below a row at the edge nobody would see it.
    if (failure !== undefined) row.current?.scrollIntoView({ block: 'nearest' })
  }, [failure])
  const since = work?.kind === 'load' ? work.since : loadingSince
  return (
    <li className="model" ref={row} aria-label={`${model.id}, ${stateWord(state)}`}>
      <ModelIcon state={state} />
      <p className="model-id">{model.id}</p>
      <div className="model-actions">
        <Actions {...props} />
      </div>
      <p className="model-facts">
        <span className="model-state" data-state={state}>
          {stateWord(state)}
          {state === 'loading' && since !== undefined && (
            <>
              {' '}
              for <Elapsed since={since} />
            </>
          )}
        </span>
        {modelFacts(model).map(({ text, title }) => (
          <span key={text} title={title}>
            {text}
          </span>
        ))}
        {model.expiresAt !== null && state === 'loaded' && (
          <span title="The server unloads it by itself if nobody uses it">
            unloads <Countdown until={model.expiresAt} />
          </span>
        )}
      </p>
      {model.cpuFallback !== null && (
        <p className="model-note model-warning">
          <Icon name="warning" />
          {model.cpuFallback}
        </p>
      )}
      {model.problem !== null && <p className="model-note model-problem">{model.problem}</p>}
      {failure !== undefined && (
        <p className="model-note model-problem">
          {failure.message} {failure.hint !== '' && <span className="hint">{failure.hint}</span>}
        </p>
      )}
    </li>
  )
}, isSame)

function Actions({ model, feed, canLoad, canUnload, work }: ModelRowProps) {
  const { id } = model
  // One button that changes its words, not two that take turns: the focus stays on it.
  if (work !== undefined) {
    return (
      <Button key="first" disabled onClick={() => undefined}>
        {work.kind === 'load' ? 'Loading …' : 'Unloading …'}
      </Button>
    )
  }
  const offersLoad = canLoad && mayLoad(model)
  const offersUnload = canUnload && mayUnload(model)
  return (
    <>
      {offersLoad && (
        <Button key="first" onClick={() => void feed.load(id)}>
          Load
        </Button>
      )}
      {offersUnload && (
        <Button key={offersLoad ? 'second' : 'first'} onClick={() => void feed.unload(id)}>
          Unload
        </Button>
      )}
    </>
  )
}

/** A list that was asked for anew brings equal models as other objects. */
function isSame(before: ModelRowProps, after: ModelRowProps): boolean {
  const { model: one, ...others } = before
  const { model: other, ...present } = after
  const isSameModel = one === other || JSON.stringify(one) === JSON.stringify(other)
  return isSameModel && Object.entries(others).every(([name, value]) => present[name as keyof typeof present] === value)
}
