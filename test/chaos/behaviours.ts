import type { ServiceDefinition } from '../../src-main/core/service-config.ts'
import { makeService } from '../support/service-definition.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

const GRACE_SECONDS = 0.15
/** All of it is kept, so that it can be counted. */
const MAX_LOG_BYTES = 4 * 1024 ** 3

export interface ChaosService {
  readonly definition: ServiceDefinition
  readonly behaviour: string
  /** It ends by itself: whether it runs at a given moment is not known in advance. */
  readonly endsByItself: boolean
}

/** Service number `index`; each call may give it another pace, as a changed services.json does. */
export function makeChaosService(
  index: number,
  { program, behaviours, maxLogFileBytes, windowsStop }: World,
  random: Random,
): ChaosService {
  const behaviour = behaviours[index % behaviours.length]
  if (behaviour === undefined) throw new Error('expected a behaviour')
  const [binName, ...leading] = program
  const tick = `tick=${random.integer(10, 40)}`
  return {
    behaviour: behaviour.name,
    endsByItself: behaviour.options.some((option) => option.startsWith('crash=')),
    definition: makeService({
      key: keyOf(index),
      name: `Chaos ${index}`,
      binName,
      args: [...leading, ...behaviour.options, tick],
      graceSeconds: GRACE_SECONDS,
      ...(windowsStop === undefined ? {} : { windowsStop }),
      log: { maxFileBytes: maxLogFileBytes, maxTotalBytes: MAX_LOG_BYTES },
      restart: behaviour.restart ?? {},
    }),
  }
}

export const keyOf = (index: number) => `chaos:n${index}`
