import type { RequestChannel, RequestInput } from '../../src-preload/contract/contract.ts'
import { call } from '../bridge.ts'
import { showProblem } from './toasts-store.ts'

/** Asks for something to be done; if it cannot be, the person is told why. @returns whether it was done */
export async function perform<C extends RequestChannel>(channel: C, input: RequestInput<C>): Promise<boolean> {
  const reply = await call(channel, input)
  if (!reply.ok) showProblem(reply.error)
  return reply.ok
}
