import type { Problem } from '../../../../src-preload/contract/result.ts'
import { Button } from '../../../ui/Button.tsx'
import type { AddFlow } from './use-add-flow.ts'

/** What can be done about a problem with saving, besides going back. */
export function FlowProblemActions({ flow, problem }: { readonly flow: AddFlow; readonly problem: Problem }) {
  if (problem.code === 'no-safe-storage') {
    return <Button onClick={flow.keepPlainly}>Write it into services.json instead</Button>
  }
  if (problem.code === 'config-changed') {
    return <Button onClick={() => void flow.takeOver()}>Save mine over it next time</Button>
  }
  return null
}
