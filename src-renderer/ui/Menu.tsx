import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { Icon, type IconName } from './Icon.tsx'

export interface MenuItem {
  readonly name: string
  readonly onSelect: () => void
  /** The key that does the same, for people to read. */
  readonly keys?: string
  readonly disabled?: boolean
  /** For an item that switches something on and off. */
  readonly isChecked?: boolean
  /** Whether a line sets it apart from the item before. */
  readonly startsGroup?: boolean
}

interface MenuProps {
  readonly label: string
  readonly icon: IconName
  readonly items: readonly MenuItem[]
}

/** A button with a menu, as the ARIA practices describe it: arrow keys, Home, End, first letters, Escape. */
export function Menu({ label, icon, items }: MenuProps) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = (takesFocus: boolean) => {
    setOpen(false)
    if (takesFocus) button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        className="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          setOpen(true)
        }}
      >
        <Icon name={icon} />
      </button>
      {isOpen && <MenuList id={id} label={label} items={items} opener={button.current} onClose={close} />}
    </>
  )
}

interface ContextMenuProps {
  readonly label: string
  readonly items: readonly MenuItem[]
  /** Where it was asked for, in pixels of the window. */
  readonly at: { readonly x: number; readonly y: number }
  /** @param takesFocus whether the focus shall go back to what the menu is about */
  readonly onClose: (takesFocus: boolean) => void
}

/** The same menu without a button, where the pointer is. Another place needs another component (`key`). */
export function ContextMenu({ label, items, at, onClose }: ContextMenuProps) {
  const [point] = useState(() => new DOMRect(at.x, at.y, 0, 0))
  return <MenuList id={useId()} label={label} items={items} opener={null} point={point} onClose={onClose} />
}

interface MenuListProps {
  readonly id: string
  readonly label: string
  readonly items: readonly MenuItem[]
  /** The button it belongs to. */
  readonly opener: HTMLElement | null
  /** Where it opens if there is no button. */
  readonly point?: DOMRect
  readonly onClose: (takesFocus: boolean) => void
}

function MenuList({ id, label, items, opener, point, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (opener !== null) place(list.current, opener.getBoundingClientRect(), 'right')
    else if (point !== undefined) place(list.current, point, 'left')
  }, [opener, point])
  useCloseOutside(list, opener, onClose)

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')]
    const at = buttons.indexOf(document.activeElement as HTMLElement)
    const next = nextOf(event.key, at, items)
    if (next !== null) buttons[next]?.focus()
    else if (event.key === 'Escape') onClose(true)
    else if (event.key === 'Tab') onClose(false)
    else if (event.key !== 'Enter' && event.key !== ' ') return
    // Nobody else shall take a key that was pressed in a menu; Tab goes on, Enter and Space click.
    event.stopPropagation()
    if (next !== null || event.key === 'Escape') event.preventDefault()
  }

  return (
    <div
      ref={list}
      id={id}
      className="menu"
      role="menu"
      aria-label={label}
      popover="manual"
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        <button
          key={item.name}
          type="button"
          role={item.isChecked === undefined ? 'menuitem' : 'menuitemcheckbox'}
          className={item.startsGroup === true ? 'menu-item menu-group' : 'menu-item'}
          {...(item.isChecked === undefined ? {} : { 'aria-checked': item.isChecked })}
          aria-disabled={item.disabled === true}
          tabIndex={-1}
          onClick={() => {
            if (item.disabled === true) return
            onClose(true)
            item.onSelect()
          }}
        >
          <span className="menu-check" aria-hidden="true">
            {item.isChecked === true ? '✓' : ''}
          </span>
          <span>{item.name}</span>
          {item.keys !== undefined && <kbd className="menu-keys">{item.keys}</kbd>}
        </button>
      ))}
    </div>
  )
}

/** Index of the item a key leads to; null if it leads to none. */
function nextOf(key: string, at: number, items: readonly MenuItem[]): number | null {
  const { length } = items
  if (key === 'ArrowDown') return (at + 1) % length
  if (key === 'ArrowUp') return (at + length - 1) % length
  if (key === 'Home') return 0
  if (key === 'End') return length - 1
  if (key.length !== 1 || key === ' ') return null
  const order = items.map((_, index) => (at + 1 + index) % length)
  return order.find((index) => items[index]?.name.toLowerCase().startsWith(key.toLowerCase())) ?? null
}

const EDGE = 8

/**
 * Below the place or, if there is less room than above, above it, and in line with one of its sides. In the top layer,
 * where nothing clips it.
 */
function place(list: HTMLElement | null, anchor: DOMRect, side: 'left' | 'right'): void {
  if (list === null) return
  list.showPopover()
  const below = window.innerHeight - anchor.bottom - EDGE
  const above = anchor.top - EDGE
  const isBelow = below >= list.offsetHeight || below >= above
  list.style.maxHeight = `${Math.max(below, above)}px`
  if (side === 'right') list.style.right = `${window.innerWidth - anchor.right}px`
  else list.style.left = `${Math.max(EDGE, Math.min(anchor.left, window.innerWidth - list.offsetWidth - EDGE))}px`
  if (isBelow) list.style.top = `${anchor.bottom + 2}px`
  else list.style.bottom = `${window.innerHeight - anchor.top + 2}px`
  list.querySelector<HTMLElement>('[role^="menuitem"]')?.focus()
}

function useCloseOutside(
  list: { readonly current: HTMLElement | null },
  opener: HTMLElement | null,
  onClose: (takesFocus: boolean) => void,
): void {
  const latest = useRef(onClose)
  latest.current = onClose
  useEffect(() => {
    const onPress = ({ target }: Event) => {
      // A press on the button closes it by its own click.
      if (!(target instanceof Node) || list.current?.contains(target) || opener?.contains(target)) return
      latest.current(false)
    }
    const onResize = () => latest.current(false)
    document.addEventListener('mousedown', onPress, true)
    window.addEventListener('resize', onResize)
    window.addEventListener('blur', onResize)
    return () => {
      document.removeEventListener('mousedown', onPress, true)
      window.removeEventListener('resize', onResize)
      window.removeEventListener('blur', onResize)
    }
  }, [list, opener])
}
