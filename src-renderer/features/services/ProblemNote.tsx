import type { Problem } from '../../../src-preload/contract/result.ts'

/** What is wrong and what to do about it. */
export function ProblemNote({ problem }: { readonly problem: Problem }) {
  const { details = [] } = problem
  return (
    <div className="problem-note">
      <p>{problem.message}</p>
      {problem.hint !== '' && <p className="hint">{problem.hint}</p>}
      {details.length > 0 && <pre className="last-words">{details.join('\n')}</pre>}
    </div>
  )
}
