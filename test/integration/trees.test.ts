import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { cleanUpProcesses } from '../support/processes.ts'

cleanUpProcesses()

const run = promisify(execFile)
const program = join(import.meta.dirname, '..', 'trees', 'trees.ts')

it.runIf(process.platform === 'linux')('trees that are stopped or crash leave nothing behind', async () => {
  // How fast it is, is for `npm run test:trees` to say.
  const { stdout } = await run(process.execPath, [program, '--stops', '20', '--crashes', '10', '--slack', '20000'])
  const lines = stdout.split('\n').filter((line) => / x {2}\d+ survivors/.test(line))
  expect(lines).toHaveLength(10)
  expect(lines.filter((line) => !line.includes(' 0 survivors '))).toEqual([])
  expect(stdout).toContain('ok: 30 trees')
})
