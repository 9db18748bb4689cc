import type { ServiceView } from '../../../src-preload/contract/service-view.ts'

/** A stopped service without a port, but for what a test says otherwise. */
export function makeView(overrides: Partial<ServiceView> = {}): ServiceView {
  return {
    key: 'test:one',
    name: 'One',
    preset: 'custom',
    status: 'stopped',
    health: 'unknown',
    healthDetail: null,
    healthSince: null,
    origin: null,
    pid: null,
    holderName: null,
    host: '127.0.0.1',
    port: null,
    url: null,
    startedAt: null,
    commandLine: 'one',
    problem: null,
    retryAt: null,
    lastExit: null,
    removed: false,
    ...overrides,
  }
}
