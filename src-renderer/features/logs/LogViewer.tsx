import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
} from 'react'
import { Button } from '../../ui/Button.tsx'
import { formatCount } from '../../ui/format.ts'
import { type LinesProps, LogLines } from './LogLines.tsx'
import { commandOfKey, type LogCommand } from './log-keys.ts'
import type { LogScroll } from './scroll/use-log-scroll.ts'

interface LogViewerProps extends LinesProps {
  readonly scroll: LogScroll
  readonly want: (from: number, to: number) => void
  /** Rows that came since the view stopped following. */
  readonly newRows: number
  readonly label: string
  readonly run: (command: LogCommand) => void
  readonly onMouseDown: (event: MouseEvent) => void
  readonly onLink: (url: string) => void
  /** Marks beside the scrollbar. */
  readonly marks: ReactNode
}

/** Shows whatever part of a log the person looks at; what it costs depends on the screen, not on the log. */
export function LogViewer(props: LogViewerProps) {
  const { list, layout, scroll, want, newRows, label, run, isWrapped } = props
  const { element, setFollowing } = scroll
  const { from, to } = layout

  // biome-ignore lint/correctness/useExhaustiveDependencies: `want` only reads what the others tell.
  useLayoutEffect(() => want(from, to), [list, from, to])
  useShowLinks(element)
  // A line's number is never greater than its row's.
  const digits = String(list.count === 0 ? 0 : list.rowAt(list.count - 1) + 1).length

  const onKeyDown = (event: KeyboardEvent) => {
    const command = commandOfKey(event)
    if (command === null) return
    event.preventDefault()
    run(command)
  }

  /** The button goes away with its click, and would take the focus with it. */
  const onNewRows = () => {
    setFollowing(true)
    element.current?.focus({ preventScroll: true })
  }

  const onClick = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-url]') : null
    if (event.detail === 1 && link?.dataset.url !== undefined) props.onLink(link.dataset.url)
  }

  return (
    <div className="log-frame">
      <div
        ref={element}
        className={isWrapped ? 'log is-wrapped' : 'log'}
        role="log"
        aria-label={label}
        aria-live="off"
        data-takes-focus=""
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
        tabIndex={0}
        style={{ '--digits': digits } as CSSProperties}
        onScroll={scroll.onScroll}
        onKeyDown={onKeyDown}
        onMouseDown={props.onMouseDown}
        onClick={onClick}
      >
        <div className="log-space" style={{ height: layout.height }}>
          <LogLines {...props} />
        </div>
      </div>
      {props.marks}
      {!scroll.isFollowing && newRows > 0 && (
        <div className="log-new">
          <Button kind="primary" icon="down" onClick={onNewRows}>
            {`${formatCount(newRows)} new ${newRows === 1 ? 'line' : 'lines'}`}
          </Button>
        </div>
      )}
    </div>
  )
}

/** While Ctrl (Command) is held, all links can be seen. */
function useShowLinks(element: LogScroll['element']): void {
  useEffect(() => {
    const show = ({ ctrlKey, metaKey }: { readonly ctrlKey: boolean; readonly metaKey: boolean }) => {
      element.current?.toggleAttribute('data-show-links', ctrlKey || metaKey)
    }
    const hide = () => show({ ctrlKey: false, metaKey: false })
    window.addEventListener('keydown', show)
    window.addEventListener('keyup', show)
    window.addEventListener('blur', hide)
    return () => {
      window.removeEventListener('keydown', show)
      window.removeEventListener('keyup', show)
      window.removeEventListener('blur', hide)
    }
  }, [element])
}
