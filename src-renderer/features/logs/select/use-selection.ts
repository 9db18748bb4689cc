import { type MouseEvent as ReactMouseEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { type LogFrame, rowInFrame } from '../rows/log-frame.ts'
import { pointAt } from './point-at.ts'
import { drawn, isEmptySelection, type SelectionUnit, type TextRange, type TextSelection, unitAt } from './selection.ts'

/** Scrolled per frame for every pixel the mouse is beyond the edge. */
const SPEED = 0.3
const UNITS: readonly SelectionUnit[] = ['character', 'word', 'row']

interface SelectionWorld {
  readonly textOf: (row: number) => string | undefined
  readonly scrollBy: (pixels: number) => void
  /** Somebody selects: what is looked at shall stay where it is. */
  readonly onSelect: () => void
}

export interface LogSelection {
  /** Null if nothing is selected, not even a place. */
  readonly selection: TextSelection | null
  readonly select: (selection: TextSelection | null) => void
  readonly onMouseDown: (event: ReactMouseEvent) => void
}

/** The one selection of a log. It knows rows that are not drawn, so it outlives scrolling and growth. */
export function useSelection(
  element: RefObject<HTMLDivElement | null>,
  frame: LogFrame,
  world: SelectionWorld,
): LogSelection {
  const [stored, setStored] = useState<{ selection: TextSelection; frame: LogFrame } | null>(null)
  const selection = stored === null ? null : inFrame(stored.selection, stored.frame, frame)
  const present = useRef({ frame, world, selection })
  Object.assign(present.current, { frame, world, selection })
  const endDrag = useRef<() => void>(() => undefined)
  useEffect(() => () => endDrag.current(), [])

  const select = useCallback((next: TextSelection | null) => {
    const { current } = present
    current.selection = next
    setStored(next === null ? null : { selection: next, frame: current.frame })
    if (next !== null && !isEmptySelection(next)) current.world.onSelect()
  }, [])

  const onMouseDown = useCallback(
    (event: ReactMouseEvent) => {
      const log = element.current
      if (log === null || event.button !== 0 || isOnScrollbar(log, event)) return
      // The browser would begin a selection of its own.
      event.preventDefault()
      log.focus({ preventScroll: true })
      const point = pointAt(log, event.clientX, event.clientY)
      if (point === null) return
      const textAt = (row: number) => present.current.world.textOf(row) ?? ''
      const before = present.current.selection
      if (event.shiftKey && before !== null) {
        select({ anchor: before.anchor, head: point })
        return
      }
      const unit = UNITS[(event.detail - 1) % UNITS.length] ?? 'character'
      const origin: TextRange = unitAt(point, textAt(point.row), unit)
      select({ anchor: origin.from, head: origin.to })
      endDrag.current()
      endDrag.current = drag(log, present.current.world, (x, y) => {
        const target = pointAt(log, x, y)
        if (target !== null) select(drawn(origin, unitAt(target, textAt(target.row), unit)))
      })
    },
    [element, select],
  )

  return { selection, select, onMouseDown }
}

function inFrame(selection: TextSelection, from: LogFrame, to: LogFrame): TextSelection | null {
  if (from === to) return selection
  const anchor = rowInFrame(selection.anchor.row, from, to)
  const head = rowInFrame(selection.head.row, from, to)
  if (anchor === null || head === null) return null
  return { anchor: { ...selection.anchor, row: anchor }, head: { ...selection.head, row: head } }
}

function isOnScrollbar(log: HTMLElement, { clientX, clientY }: ReactMouseEvent): boolean {
  const { left, top } = log.getBoundingClientRect()
  return clientX >= left + log.clientWidth || clientY >= top + log.clientHeight
}

/**
 * Calls `onMove` while the mouse is drawn, and scrolls while it is beyond the upper or the lower edge.
 * @returns the function that ends it early
 */
function drag(log: HTMLElement, { scrollBy }: SelectionWorld, onMove: (x: number, y: number) => void): () => void {
  let mouse: { readonly x: number; readonly y: number } | null = null
  let timer = 0
  const tick = () => {
    timer = requestAnimationFrame(tick)
    if (mouse === null) return
    const { top } = log.getBoundingClientRect()
    const bottom = top + log.clientHeight
    const beyond = Math.min(0, mouse.y - top) + Math.max(0, mouse.y - bottom)
    if (beyond === 0) return
    scrollBy(beyond * SPEED)
    onMove(mouse.x, mouse.y)
  }
  const move = ({ clientX: x, clientY: y }: MouseEvent) => {
    mouse = { x, y }
    onMove(x, y)
  }
  const end = () => {
    cancelAnimationFrame(timer)
    window.removeEventListener('mousemove', move)
    window.removeEventListener('mouseup', end)
    window.removeEventListener('blur', end)
  }
  timer = requestAnimationFrame(tick)
  window.addEventListener('mousemove', move)
  window.addEventListener('mouseup', end)
  window.addEventListener('blur', end)
  return end
}
