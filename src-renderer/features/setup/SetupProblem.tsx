import type { ReactNode } from 'react'
import type { Problem } from '../../../src-preload/contract/result.ts'
import { openConfigAction } from '../../store/setup-store.ts'
import { Button } from '../../ui/Button.tsx'
import { ProblemNote } from '../services/ProblemNote.tsx'

/** Why something could not be done, with what helps against it. */
export function SetupProblem({ problem, children }: { readonly problem: Problem; readonly children?: ReactNode }) {
  return (
    <div className="setup-problem" role="alert">
      <ProblemNote problem={problem} />
      <div className="setup-problem-actions">
        {children}
        {problem.code === 'config-broken' && (
          <Button icon="open" onClick={openConfigAction.run}>
            {openConfigAction.name}
          </Button>
        )}
      </div>
    </div>
  )
}
