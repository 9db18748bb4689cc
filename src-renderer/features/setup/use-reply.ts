import { useCallback, useEffect, useRef, useState } from 'react'
import type { RequestChannel, RequestInput, RequestOutput } from '../../../src-preload/contract/contract.ts'
import type { Problem } from '../../../src-preload/contract/result.ts'
import { call } from '../../bridge.ts'

export interface Asked<T> {
  /** Null until it is here; the last good one stays while it is asked again. */
  readonly value: T | null
  readonly problem: Problem | null
  readonly isAsking: boolean
}

/**
 * Asks the main process when the component appears, and again when told to. What arrives moves nothing but what shows it;
 * an answer that was overtaken by a later one is dropped.
 */
export function useReply<C extends RequestChannel>(
  channel: C,
  input: RequestInput<C>,
): readonly [Asked<RequestOutput<C>>, (input: RequestInput<C>) => void] {
  const [asked, setAsked] = useState<Asked<RequestOutput<C>>>({ value: null, problem: null, isAsking: true })
  const number = useRef(0)
  const first = useRef(input)
  const ask = useCallback(
    async (next: RequestInput<C>) => {
      number.current += 1
      const mine = number.current
      setAsked((before) => ({ ...before, isAsking: true }))
      const reply = await call(channel, next)
      if (mine !== number.current) return
      setAsked((before) =>
        reply.ok
          ? { value: reply.value, problem: null, isAsking: false }
          : { value: before.value, problem: reply.error, isAsking: false },
      )
    },
    [channel],
  )
  useEffect(() => {
    void ask(first.current)
    return () => {
      number.current += 1
    }
  }, [ask])
  return [asked, ask]
}
