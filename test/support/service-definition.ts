import { defaultHealth, type HealthConfig } from '../../src-main/core/health-config.ts'
import type { RestartConfig, ServiceDefinition } from '../../src-main/core/service-config.ts'
import { isWine, politeEvent } from './wine.ts'

export type ServiceOverrides = Partial<Omit<ServiceDefinition, 'restart' | 'health'>> & {
  readonly restart?: Partial<RestartConfig>
  readonly health?: Partial<HealthConfig>
}

/** A service without port and probe that is not restarted, but for what a test says otherwise. */
export function makeService({ restart, health, ...overrides }: ServiceOverrides = {}): ServiceDefinition {
  const port = overrides.port ?? null
  return {
    key: 'test:one',
    name: 'One',
    preset: 'custom',
    binName: process.execPath,
    args: [],
    host: '127.0.0.1',
    env: {},
    cwd: null,
    after: [],
    autoStart: false,
    graceSeconds: 5,
    // Elsewhere the default, so that this is what is tested.
    ...(isWine ? { windowsStop: politeEvent } : {}),
    ...overrides,
    port,
    restart: {
      policy: 'no',
      maxRetries: 10,
      initialDelaySeconds: 1,
      maxDelaySeconds: 60,
      stableAfterSeconds: 60,
      ...restart,
    },
    health: {
      ...defaultHealth,
      type: port === null ? 'none' : 'tcp',
      // As with an entry: an interval that is given counts always.
      unwatchedIntervalSeconds: health?.intervalSeconds ?? defaultHealth.unwatchedIntervalSeconds,
      ...health,
    },
  }
}
