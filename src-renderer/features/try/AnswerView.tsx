import { useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Elapsed } from '../services/Elapsed.tsx'
import { ProblemNote } from '../services/ProblemNote.tsx'
import { CopyButton } from './CopyButton.tsx'
import { StreamedText } from './StreamedText.tsx'
import type { Answer } from './try-session.ts'
import { announcement, endText, figures } from './try-text.ts'
import { type FollowEnd, useFollowEnd } from './use-follow-end.ts'

interface AnswerViewProps {
  readonly answer: Answer
  readonly label: string
}

/** What a model answered, as it comes. Another answer needs another component (`key`). */
export function AnswerView({ answer, label }: AnswerViewProps) {
  const { attempt, text } = answer
  const { phase, hasReasoning, end } = attempt
  const follow = useFollowEnd()
  return (
    <>
      <div className="answer-frame">
        <div
          className="answer"
          ref={follow.element}
          role="log"
          aria-label={label}
          aria-live="off"
          aria-busy={phase !== 'ended'}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
          tabIndex={0}
        >
          {hasReasoning && <Reasoning answer={answer} follow={follow} />}
          <StreamedText text={text} className="answer-text" onGrowth={follow.onGrowth} />
          {phase === 'asking' && (
            <p className="answer-wait">
              Waiting for the first token … <Elapsed since={attempt.since} />
            </p>
          )}
          {phase === 'ended' && end?.kind === 'done' && !attempt.hasAnswer && (
            <p className="answer-wait">{emptyText(answer)}</p>
          )}
          {text.isCut && <p className="answer-wait">The answer goes on, but no more of it is kept.</p>}
          {end?.problem != null && <ProblemNote problem={end.problem} />}
        </div>
        {!follow.isFollowing && phase === 'answering' && (
          <div className="log-new">
            <Button kind="primary" icon="down" onClick={follow.follow}>
              Follow
            </Button>
          </div>
        )}
      </div>
      <AnswerBar answer={answer} />
    </>
  )
}

/** Why there is nothing to read although all went well. */
function emptyText({ attempt }: Answer): string {
  const isCutShort = attempt.end?.finishReason === 'length'
  if (attempt.hasReasoning && isCutShort) return 'It reached the token limit while reasoning: allow more tokens.'
  return 'The answer is empty.'
}

/** Open while it is all there is; afterwards out of the way, unless somebody wants it. */
function Reasoning({ answer, follow }: { readonly answer: Answer; readonly follow: FollowEnd }) {
  const { attempt, reasoning } = answer
  const [wanted, setWanted] = useState<boolean | null>(null)
  const isOpen = wanted ?? !attempt.hasAnswer
  return (
    <div className="reasoning">
      <button type="button" className="disclosure" aria-expanded={isOpen} onClick={() => setWanted(!isOpen)}>
        Reasoning
      </button>
      {isOpen && <StreamedText text={reasoning} className="answer-text reasoning-text" onGrowth={follow.onGrowth} />}
    </div>
  )
}

function AnswerBar({ answer }: { readonly answer: Answer }) {
  const { attempt, text } = answer
  const { end } = attempt
  const how = end === null ? null : endText(end)
  return (
    <footer className="answer-bar">
      <span className="answer-figures">
        {how !== null && (
          <span className={how === 'Complete' ? 'answer-end' : 'answer-end answer-end-early'}>{how}</span>
        )}
        {figures(attempt).map((figure) => (
          <span key={figure}>{figure}</span>
        ))}
      </span>
      {attempt.hasAnswer && <CopyButton label="Copy the answer" text={() => text.text} />}
      <span className="visually-hidden" role="status">
        {announcement(attempt)}
      </span>
    </footer>
  )
}
