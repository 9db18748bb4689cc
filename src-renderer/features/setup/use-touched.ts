import { useCallback, useEffect, useRef, useState } from 'react'

/**
 * The fields that a person is done with. What is told about a field from then on takes room, so one that is left by pressing the
 * mouse counts only after the click: what is about to be clicked must not move away.
 */
export function useTouched() {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const press = useRef({ isDown: false, left: new Set<string>() })
  const add = useCallback((fields: Iterable<string>) => {
    const given = [...fields]
    setTouched((before) => (given.every((field) => before.has(field)) ? before : new Set([...before, ...given])))
  }, [])

  useEffect(() => {
    const { current } = press
    const onDown = () => {
      current.isDown = true
    }
    const onUp = () => {
      current.isDown = false
      const left = [...current.left]
      current.left.clear()
      // The click comes right after.
      if (left.length > 0) window.setTimeout(() => add(left))
    }
    window.addEventListener('pointerdown', onDown, true)
    window.addEventListener('pointerup', onUp, true)
    window.addEventListener('pointercancel', onUp, true)
    return () => {
      window.removeEventListener('pointerdown', onDown, true)
      window.removeEventListener('pointerup', onUp, true)
      window.removeEventListener('pointercancel', onUp, true)
    }
  }, [add])

  const touch = useCallback(
    (field: string) => {
      if (press.current.isDown) press.current.left.add(field)
      else add([field])
    },
    [add],
  )
  const forget = useCallback(() => setTouched(new Set()), [])
  return { touched, touch, forget }
}
