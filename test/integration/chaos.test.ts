import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { cleanUpProcesses } from '../support/processes.ts'

cleanUpProcesses()

// The long run is `npm run test:chaos -- --rounds 500`; this one shows that it works and still finds nothing.
it.runIf(process.platform === 'linux')(
  'services survive a manager that is killed at random instants, none lost, doubled or orphaned',
  async () => {
    const { stdout, exitCode } = await execa(
      process.execPath,
      [join(import.meta.dirname, '..', 'chaos', 'chaos.ts'), '--rounds', '8', '--seed', '1'],
      { reject: false },
    )
    expect(stdout).toContain(' 0 violations')
    expect(exitCode).toBe(0)
  },
  120_000,
)
