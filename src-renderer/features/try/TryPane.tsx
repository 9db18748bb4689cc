import { type KeyboardEvent, useEffect } from 'react'
import type { ServiceView } from '../../../src-preload/contract/service-view.ts'
import { modelsFeed, useModels } from '../models/models-feeds.ts'
import { NotRunning } from '../services/NotRunning.tsx'
import { runOf } from '../services/run-of.ts'
import { AnswerView } from './AnswerView.tsx'
import { PromptForm } from './PromptForm.tsx'
import { SnippetsView } from './SnippetsView.tsx'
import { trySession, useAnswer, useDraft } from './try-store.ts'
import { modelToAsk } from './try-text.ts'

interface TryPaneProps {
  readonly service: ServiceView
  /** Whether the server can tell its models. */
  readonly canList: boolean
}

/** A prompt for the server, its answer as it comes, and how to ask it from elsewhere. */
export function TryPane({ service, canList }: TryPaneProps) {
  const { key, name, url } = service
  const run = runOf(service)
  const answer = useAnswer(key)
  const feed = modelsFeed(key)
  const { view } = useModels(feed)
  const models = canList && run !== null ? (view?.models ?? null) : null
  const { model: chosen } = useDraft(key)
  const model = models === null ? chosen : modelToAsk(models, chosen)
  const isAnswering = answer !== null && answer.attempt.phase !== 'ended'
  const lookAtModels = () => {
    if (canList && run !== null) feed.refresh(run)
  }
  useEffect(() => {
    if (canList && run !== null) feed.refresh(run)
  }, [feed, canList, run])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isAnswering) return
    event.preventDefault()
    trySession.stop(key)
  }
  return (
    <section className="try" aria-label="Try it" onKeyDown={onKeyDown}>
      <PromptForm
        serviceKey={key}
        canSend={run !== null}
        isAnswering={isAnswering}
        model={model}
        models={models}
        onLookAtModels={lookAtModels}
      />
      {run === null && <NotRunning service={service} purpose="to be tried" />}
      {answer !== null && <AnswerView key={answer.attempt.since} answer={answer} label={`${name} answer`} />}
      {answer === null && run !== null && (
        <p className="answer-hint">Press Enter in the prompt: the answer appears here as it comes.</p>
      )}
      <SnippetsView serviceKey={key} model={model} address={url} />
    </section>
  )
}
