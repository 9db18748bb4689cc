import type { ConfigProblemView } from '../../../src-preload/contract/service-view.ts'
import { perform } from '../../store/actions.ts'
import { useServices } from '../../store/services-store.ts'
import { Button } from '../../ui/Button.tsx'

/** More would push the services off the screen, and mending the first ones often mends the rest. */
const SHOWN = 3

/** Says what is wrong with the configuration, and where. The last good one stays in use meanwhile. */
export function ConfigBanner() {
  const problems = useServices((state) => state.configProblems)
  const first = problems[0]
  if (first === undefined) return null
  const hidden = problems.length - SHOWN
  return (
    <div className="banner" role="alert">
      <div className="banner-text">
        <p>
          <strong>{fileName(first.file)}</strong> has a mistake. The services below are as they were before it.
        </p>
        <ul>
          {problems.slice(0, SHOWN).map((problem) => (
            <li key={`${problem.line}:${problem.column}:${problem.message}`}>{problemText(problem)}</li>
          ))}
        </ul>
        {hidden > 0 && <p>And {hidden} more.</p>}
      </div>
      <Button icon="open" onClick={() => void perform('app.openConfig', {})}>
        Open
      </Button>
    </div>
  )
}

function problemText({ line, column, message }: ConfigProblemView): string {
  if (line === null) return message
  return `${column === null ? `Line ${line}` : `Line ${line}, column ${column}`}: ${message}`
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}
