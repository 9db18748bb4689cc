import { join } from 'node:path'
import type { RestartConfig, ServiceDefinition } from '../../src-main/core/service-config.ts'
import { makeService } from '../support/service-definition.ts'
import type { Random } from './random.ts'

/** How a service misbehaves: arguments of test/fixtures/chaos-service.pl, and its restart policy. */
interface Behaviour {
  readonly name: string
  readonly options: readonly string[]
  readonly restart?: Partial<RestartConfig>
}

const soon = { maxRetries: 1000, maxDelaySeconds: 0.4 } as const

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

const GRACE_SECONDS = 0.15
/** Small, so that logs are rotated all the time; all of it is kept, so that it can be counted. */
const LOG = { maxFileBytes: 48 * 1024, maxTotalBytes: 4 * 1024 ** 3 }

export interface ChaosService {
  readonly definition: ServiceDefinition
  readonly behaviour: string
  /** It ends by itself: whether it runs at a given moment is not known in advance. */
  readonly endsByItself: boolean
}

const script = join(import.meta.dirname, '..', 'fixtures', 'chaos-service.pl')

/** Service number `index`; each call may give it another pace, as a changed services.json does. */
export function makeChaosService(index: number, perl: string, random: Random): ChaosService {
  const behaviour = behaviours[index % behaviours.length]
  if (behaviour === undefined) throw new Error('expected a behaviour')
  const tick = `tick=${random.integer(10, 40)}`
  return {
    behaviour: behaviour.name,
    endsByItself: behaviour.options.some((option) => option.startsWith('crash=')),
    definition: makeService({
      key: keyOf(index),
      name: `Chaos ${index}`,
      binName: perl,
      args: [script, ...behaviour.options, tick],
      graceSeconds: GRACE_SECONDS,
      log: LOG,
      restart: behaviour.restart ?? {},
    }),
  }
}

export const keyOf = (index: number) => `chaos:n${index}`
