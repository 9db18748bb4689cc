import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import { Button } from '../../ui/Button.tsx'
import { formatCount } from '../../ui/format.ts'
import { LogLines } from './LogLines.tsx'
import { moveOfKey } from './log-keys.ts'
import type { LogSource } from './log-source.ts'
import { maxVirtual, physicalHeight } from './scroll-map.ts'
import { LINE_HEIGHT, type LogScroll } from './use-log-scroll.ts'

/** Lines drawn beyond either edge, so that a turn of the wheel shows no blank. */
const OVERSCAN = 16

interface LogViewerProps {
  readonly source: LogSource
  readonly lineCount: number
  readonly scroll: LogScroll
  /** Lines that came since the view stopped following. */
  readonly newLines: number
  readonly label: string
}

/** Shows whatever part of a stream the person looks at; what it costs depends on the screen, not on the log. */
export function LogViewer({ source, lineCount, scroll, newLines, label }: LogViewerProps) {
  const { element, position, geometry, setFollowing } = scroll
  // While following, the position catches up only after this drawing; what it asks for meanwhile would be wasted.
  const top = scroll.isFollowing ? maxVirtual(geometry) : position.virtual
  const first = Math.floor(top / LINE_HEIGHT)
  const from = Math.max(0, Math.min(first, lineCount) - OVERSCAN)
  const to = Math.min(lineCount, first + Math.ceil(geometry.viewport / LINE_HEIGHT) + 1 + OVERSCAN)

  useLayoutEffect(() => source.want(from, to), [source, from, to])
  useEffect(() => () => source.want(0, 0), [source])
  useReleaseOnSelection(scroll)

  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveOfKey(event)
    if (move === null) return
    event.preventDefault()
    if ('lines' in move) scroll.scrollBy(move.lines * LINE_HEIGHT)
    else if ('pages' in move) scroll.scrollBy(move.pages * Math.max(LINE_HEIGHT, geometry.viewport - LINE_HEIGHT))
    else if (move.to === 'end') setFollowing(true)
    else scroll.scrollBy(Number.NEGATIVE_INFINITY)
  }

  return (
    <div className="log-frame">
      <div
        ref={element}
        className="log"
        role="log"
        aria-label={label}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
        tabIndex={0}
        onScroll={scroll.onScroll}
        onKeyDown={onKeyDown}
      >
        <div className="log-space" style={{ height: physicalHeight(geometry) }}>
          <LogLines source={source} from={from} to={to} position={position} geometry={geometry} />
        </div>
      </div>
      {!scroll.isFollowing && newLines > 0 && (
        <div className="log-new">
          <Button kind="primary" icon="down" onClick={() => setFollowing(true)}>
            {`${formatCount(newLines)} new ${newLines === 1 ? 'line' : 'lines'}`}
          </Button>
        </div>
      )}
    </div>
  )
}

/** Whoever selects text wants it to stay where it is. */
function useReleaseOnSelection({ element, setFollowing }: LogScroll): void {
  const release = useRef(setFollowing)
  useEffect(() => {
    const onSelection = () => {
      const selection = document.getSelection()
      if (selection === null || selection.isCollapsed) return
      if (element.current?.contains(selection.anchorNode) === true) release.current(false)
    }
    document.addEventListener('selectionchange', onSelection)
    return () => document.removeEventListener('selectionchange', onSelection)
  }, [element])
}
