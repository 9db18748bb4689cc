import { fileURLToPath } from 'node:url'

/** Members of a chain, the root first; see test/fixtures/chain-member.sh for their flags. */
export interface Shape {
  readonly id: string
  readonly what: string
  readonly members: readonly [string, ...string[]]
}

/** The trees of DESIGN.md's budgets. */
export const shapes: readonly Shape[] = [
  { id: 'A', what: 'all ignore SIGTERM', members: ['root+stubborn', 'child+stubborn', 'grandchild+stubborn'] },
  { id: 'B', what: 'polite root, stubborn rest', members: ['root', 'child+stubborn', 'grandchild+stubborn'] },
  {
    id: 'C',
    what: 'as A, setsid grandchild',
    members: ['root+stubborn', 'child+stubborn', 'grandchild+stubborn+setsid'],
  },
  { id: 'D', what: 'as B, setsid grandchild', members: ['root', 'child+stubborn', 'grandchild+stubborn+setsid'] },
  {
    id: 'E',
    what: 'polite root, double-forked grandchild',
    members: ['root', 'child+setsid+leaves', 'grandchild+stubborn'],
  },
]

const SCRIPT = fileURLToPath(new URL('../fixtures/chain-member.sh', import.meta.url))

/** What /bin/sh is given to start the tree. */
export function chainArguments({ members }: Shape, pidFile: string): string[] {
  const [root, ...rest] = members
  return [SCRIPT, pidFile, `${root}+first`, ...rest]
}
