import { useMemo, useRef, useState } from 'react'
import type { DetectionView } from '../../../../src-preload/contract/setup-view.ts'
import { useReply } from '../use-reply.ts'
import { usePresets } from '../use-setup-data.ts'
import { type ServerChoice, serverChoices } from './server-choices.ts'

/** The known servers with what was found of them, and the one that is looked at. */
export function useServerChoice() {
  const presets = usePresets()
  const [detection, detect] = useReply('detection.get', { refresh: false })
  const [selectedId, setSelectedId] = useState<string | null>(null)
  const [isTouched, setTouched] = useState(false)
  const order = useStableOrder(detection.value, isTouched)
  const list = presets.value
  const choices = useMemo(() => {
    const sorted = serverChoices(list ?? [], order)
    const fresh = serverChoices(list ?? [], detection.value)
    // In the order that is on screen, with what is known by now.
    return sorted.map((choice): ServerChoice => {
      const known = fresh.find((other) => other.preset.id === choice.preset.id) ?? choice
      return { ...known, group: choice.group }
    })
  }, [list, order, detection.value])
  const selected = choices.find(({ preset }) => preset.id === selectedId) ?? choices[0] ?? null
  return {
    choices,
    selected,
    select: (id: string) => {
      setTouched(true)
      setSelectedId(id)
    },
    problem: presets.problem,
    isLoading: presets.value === null && presets.problem === null,
    detection,
    refresh: () => {
      setTouched(false)
      void detect({ refresh: true })
    },
  }
}

export type ServerChoiceState = ReturnType<typeof useServerChoice>

/** What is found in the background sorts the list, but not under the hand of somebody who is choosing. */
function useStableOrder(detection: DetectionView | null, isTouched: boolean): DetectionView | null {
  const used = useRef(detection)
  if (!isTouched) used.current = detection
  return used.current
}
