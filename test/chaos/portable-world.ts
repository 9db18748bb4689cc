import { join } from 'node:path'
import { appendsOverlap } from '../windows/known-differences.ts'
import { startPortableBystander } from './bystanders.ts'
import { Presence } from './presence.ts'
import type { Behaviour, World } from './world.ts'

/** Options of test/fixtures/chaos-service.ts. Five, since each process is a Node. */
const behaviours: readonly Behaviour[] = [
  { name: 'well-behaved', options: [] },
  { name: 'all stubborn, one in its own session', options: ['stubborn', 'sessions=1', 'stubborn_members'] },
  {
    name: 'crashes, restarted at once',
    options: ['crash=1500', 'code=3'],
    restart: { policy: 'on-failure', maxRetries: 1000, initialDelaySeconds: 0, maxDelaySeconds: 0.4 },
  },
  { name: 'floods, with a child', options: ['flood=60', 'children=1'] },
  { name: 'double fork', options: ['orphans=1', 'stubborn_members'] },
]

const script = join(import.meta.dirname, '..', 'fixtures', 'chaos-service.ts')

/** Every system that Node runs on: services that are Node programs, and that say by a connection that they are there. */
export function portableWorld(): World {
  const presence = new Presence()
  const isWine = process.env.AGENTOS_TEST_WINE !== undefined
  if (isWine) for (const line of differencesOfWine) process.stdout.write(`${line}\n`)
  return {
    isPortable: true,
    program: [process.execPath, script],
    behaviours: isWine ? behaviours.map(withQuietMembers) : behaviours,
    ...(isWine ? { windowsStop: 'ctrl-c' } : {}),
    // Without rotation on Windows: there it takes a pause in the output for no line to be lost.
    maxLogFileBytes: process.platform === 'win32' ? 4 * 1024 ** 3 : 48 * 1024,
    // Twenty times what a start of Node takes where Windows is Wine.
    settleMs: 30_000,
    unseenMs: 3_000,
    list: (home) => presence.list(home),
    startBystander: startPortableBystander,
    endAll: (home) => presence.endAll(home),
  }
}

const differencesOfWine = [
  `Members of a service print nothing. ${appendsOverlap}`,
  'Polite stops are by Ctrl+C. Under Wine, Ctrl+Break ends the main thread of a program: it is there, and does nothing any more.',
]

const withQuietMembers = (behaviour: Behaviour): Behaviour => ({
  ...behaviour,
  options: [...behaviour.options, 'quiet_members'],
})
