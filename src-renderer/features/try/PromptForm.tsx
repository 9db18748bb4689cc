import { type KeyboardEvent, useId } from 'react'
import type { ModelView } from '../../../src-preload/contract/models-view.ts'
import { Button } from '../../ui/Button.tsx'
import { MAX_PROMPT_LENGTH, MAX_TOKENS } from './limits.ts'
import { changeDraft, trySession, useDraft } from './try-store.ts'
import { parseMaxTokens } from './try-text.ts'

interface PromptFormProps {
  readonly serviceKey: string
  readonly canSend: boolean
  readonly isAnswering: boolean
  /** The model that is asked; null leaves it to the server. */
  readonly model: string | null
  /** Null if the server cannot tell its models. */
  readonly models: readonly ModelView[] | null
  readonly onLookAtModels: () => void
}

/** A prompt, and whom it goes to. Enter sends it. */
export function PromptForm(props: PromptFormProps) {
  const { serviceKey: key, canSend, isAnswering, model, models, onLookAtModels } = props
  const id = useId()
  const draft = useDraft(key)
  const maxTokens = parseMaxTokens(draft.maxTokens)
  const isComplete = draft.prompt.trim() !== '' && maxTokens !== null
  const send = () => {
    if (!canSend || isAnswering || !isComplete) return
    void trySession.ask({ key, model, prompt: draft.prompt, maxTokens })
  }
  const onEnter = (event: KeyboardEvent) => {
    // Enter also ends the input of characters that are composed of several keys.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <form className="prompt" onSubmit={(event) => event.preventDefault()}>
      <textarea
        data-takes-focus=""
        aria-label="Prompt"
        aria-describedby={`${id}-keys`}
        rows={2}
        maxLength={MAX_PROMPT_LENGTH}
        value={draft.prompt}
        placeholder="Ask something"
        onChange={(event) => changeDraft(key, { prompt: event.target.value })}
        onKeyDown={onEnter}
      />
      <div className="prompt-bar">
        {models !== null && models.length > 0 && (
          <label className="prompt-model">
            <span>Model</span>
            <select
              aria-label="Model"
              value={model ?? ''}
              onFocus={onLookAtModels}
              onChange={(event) => changeDraft(key, { model: event.target.value })}
            >
              {models.map(({ id: name, state }) => (
                <option key={name} value={name}>
                  {state === 'loaded' ? `${name} (loaded)` : name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="prompt-tokens">
          <span>Max tokens</span>
          <input
            type="number"
            aria-label="Max tokens"
            min={1}
            max={MAX_TOKENS}
            value={draft.maxTokens}
            aria-invalid={maxTokens === null}
            title={maxTokens === null ? `A number from 1 to ${MAX_TOKENS}` : undefined}
            onChange={(event) => changeDraft(key, { maxTokens: event.target.value })}
            onKeyDown={onEnter}
          />
        </label>
        <span className="prompt-keys">{isAnswering ? 'Esc stops' : 'Enter sends'}</span>
        <span id={`${id}-keys`} hidden>
          Enter sends, Shift and Enter begin a new line, Escape stops the answer.
        </span>
        {/* One button that changes its words, not two that take turns: the focus stays on it. */}
        <Button
          kind={isAnswering ? 'plain' : 'primary'}
          icon={isAnswering ? 'stop' : 'up'}
          disabled={!isAnswering && !(canSend && isComplete)}
          onClick={isAnswering ? () => trySession.stop(key) : send}
        >
          {isAnswering ? 'Stop' : 'Send'}
        </Button>
      </div>
    </form>
  )
}
