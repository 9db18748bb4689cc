import { type ReactNode, useEffect, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { formatBytes, formatCount } from '../../ui/format.ts'
import { LogStatus } from './LogStatus.tsx'
import { LogViewer } from './LogViewer.tsx'
import type { LogSource } from './log-source.ts'
import { useLogScroll } from './use-log-scroll.ts'
import { useLogSnapshot } from './use-log-source.ts'

interface StreamViewProps {
  readonly source: LogSource
  readonly label: string
  /** Shown while the stream is empty. */
  readonly otherwise: ReactNode
}

/** One stream with its controls. */
export function StreamView({ source, label, otherwise }: StreamViewProps) {
  const { extent, problem } = useLogSnapshot(source)
  const lineCount = extent?.lineCount ?? 0
  const scroll = useLogScroll(lineCount)
  const { isFollowing, setFollowing } = scroll
  const seen = useLinesSeen(lineCount, isFollowing)

  const epoch = extent?.epoch
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new file is looked at from its end, like the first one.
  useEffect(() => setFollowing(true), [epoch, setFollowing])

  const mode = isFollowing ? 'following' : 'paused'
  return (
    <>
      <LogViewer source={source} lineCount={lineCount} scroll={scroll} newLines={lineCount - seen} label={label} />
      {problem === null && extent !== null && lineCount === 0 && (
        <div className="log-empty">
          <p>Nothing printed yet.</p>
          {otherwise}
        </div>
      )}
      {problem !== null && (
        <div className="log-empty" role="alert">
          <p>{problem.message}</p>
          <Button icon="restart" onClick={() => source.reopen()}>
            Try again
          </Button>
        </div>
      )}
      <footer className="log-bar">
        <span>
          {extent === null
            ? 'Opening …'
            : `${formatCount(lineCount)} ${lineCount === 1 ? 'line' : 'lines'}, ${formatBytes(extent.sizeBytes)}`}
        </span>
        <Button kind="quiet" icon={isFollowing ? 'pause' : 'down'} onClick={() => setFollowing(!isFollowing)}>
          {isFollowing ? 'Pause' : 'Follow'}
        </Button>
        <LogStatus text={extent === null ? '' : `${formatCount(lineCount)} lines, ${mode}`} />
      </footer>
    </>
  )
}

/** How many lines there were when the view last followed the end. */
function useLinesSeen(lineCount: number, isFollowing: boolean): number {
  const [seen, setSeen] = useState(lineCount)
  // While rendering, as React advises for state derived from what was: an effect would draw a wrong number first.
  if (seen > lineCount || (isFollowing && seen !== lineCount)) setSeen(lineCount)
  return seen
}
