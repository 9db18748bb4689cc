import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { startPerlBystander } from './bystanders.ts'
import { killAllOf, listRunMembers } from './machine.ts'
import type { Behaviour, World } from './world.ts'

const soon = { maxRetries: 1000, maxDelaySeconds: 0.4 } as const

/** Options of test/fixtures/chaos-service.pl. */
const behaviours: readonly Behaviour[] = [
  { name: 'well-behaved', options: [] },
  { name: 'ignores SIGTERM', options: ['stubborn'] },
  { name: 'forks children', options: ['children=2'] },
  { name: 'polite, with stubborn children', options: ['children=2', 'stubborn_members'] },
  { name: 'grandchild in its own session', options: ['sessions=1'] },
  { name: 'all stubborn, one in its own session', options: ['stubborn', 'sessions=1', 'stubborn_members'] },
  { name: 'double fork', options: ['orphans=1', 'stubborn_members'] },
  {
    name: 'crashes, restarted at once',
    options: ['crash=900', 'code=3'],
    restart: { ...soon, policy: 'on-failure', initialDelaySeconds: 0 },
  },
  {
    name: 'crashes and leaves children, restarted later',
    options: ['crash=600', 'signal', 'children=1', 'orphans=1', 'stubborn_members'],
    restart: { ...soon, policy: 'always', initialDelaySeconds: 0.2 },
  },
  { name: 'crashes once', options: ['crash=1500', 'sessions=1'] },
  { name: 'floods', options: ['flood=60'] },
  { name: 'floods, with children', options: ['flood=20', 'children=2', 'stubborn'] },
  { name: 'slow start', options: ['slow=400'] },
  {
    name: 'ends cleanly, always restarted',
    options: ['crash=700', 'code=0'],
    restart: { ...soon, policy: 'always', initialDelaySeconds: 0.05 },
  },
  { name: 'never restarted by itself', options: ['children=1', 'sessions=1', 'orphans=1'] },
]

const script = join(import.meta.dirname, '..', 'fixtures', 'chaos-service.pl')

/** Linux: services in Perl, which start in milliseconds and fork, seen in /proc. */
export function procWorld(): World {
  if (process.platform !== 'linux') throw new Error('This needs /proc: run it on Linux, or add --portable.')
  const perl = findPerl()
  return {
    isPortable: false,
    program: [perl, script],
    behaviours,
    maxLogFileBytes: 48 * 1024,
    settleMs: 10_000,
    unseenMs: 0,
    list: async (home) => listRunMembers(home),
    startBystander: (home, name) => startPerlBystander(home, perl, name),
    endAll: killAllOf,
  }
}

function findPerl(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'perl')
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not in this one.
    }
  }
  throw new Error('The misbehaving services are written in Perl: install it, or add it to PATH.')
}
