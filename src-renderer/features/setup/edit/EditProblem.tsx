import type { Problem } from '../../../../src-preload/contract/result.ts'
import { Button } from '../../../ui/Button.tsx'
import { SetupProblem } from '../SetupProblem.tsx'
import type { Edit } from './use-edit.ts'

interface EditProblemProps {
  readonly edit: Edit
  readonly problem: Problem
  readonly close: () => void
}

/** Why it could not be saved. File and form never overwrite each other unseen: the person says which of them counts. */
export function EditProblem({ edit, problem, close }: EditProblemProps) {
  return (
    <SetupProblem problem={problem}>
      {problem.code === 'config-changed' && (
        <>
          <Button icon="restart" onClick={() => void edit.reload()}>
            Reload what is in the file
          </Button>
          <Button kind="danger" onClick={() => void edit.saveOver(close)}>
            Save mine over it
          </Button>
        </>
      )}
      {problem.code === 'no-such-entry' && edit.isLoaded && (
        <Button icon="plus" onClick={() => void edit.addAgain(close)}>
          Add it again
        </Button>
      )}
      {problem.code === 'no-safe-storage' && (
        <Button onClick={edit.keepPlainly}>Write it into services.json instead</Button>
      )}
    </SetupProblem>
  )
}
