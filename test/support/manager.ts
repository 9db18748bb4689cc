import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ProcessManager, type ProcessManagerOptions } from '../../src-main/manager/process-manager.ts'
import type { ServiceSnapshot } from '../../src-main/manager/service-snapshot.ts'
import type { ServerOptions } from '../fixtures/server.ts'
import { closeLater, endLater, fixture } from './processes.ts'
import { makeService, type ServiceOverrides } from './service-definition.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { waitFor } from './wait-for.ts'

export interface TestManager {
  readonly manager: ProcessManager
  readonly home: string
  readonly warnings: string[]
  snapshot(key: string): ServiceSnapshot
  /** The pid of a running service; the test fails if it does not run. */
  pid(key: string): number
  waitForStatus(key: string, status: ServiceSnapshot['status']): Promise<ServiceSnapshot>
  /** Names of the files in the run directory. */
  records(): string[]
  readPidFile(key: string): string
}

/** A manager in a directory of its own, whose services end with the test. */
export function createManager(home = temporaryDirectory(), options: ProcessManagerOptions = {}): TestManager {
  const warnings: string[] = []
  const runDir = join(home, 'run')
  const manager = new ProcessManager({
    runDir,
    logDir: join(home, 'log'),
    warn: (message) => warnings.push(message),
    ...options,
  })
  closeLater(async () => {
    const { success, message } = await manager.stopAll({ force: true })
    manager.dispose()
    if (!success) throw new Error(`a service could not be stopped: ${message}`)
  })
  const snapshot = (key: string) => {
    const found = manager.snapshot().services.find((service) => service.key === key)
    if (found === undefined) throw new Error(`expected a service ${key}`)
    return found
  }
  return {
    manager,
    home,
    warnings,
    snapshot,
    pid(key) {
      const { pid, status } = snapshot(key)
      if (pid === null || status !== 'running') throw new Error(`expected ${key} to run, it is ${status}`)
      return endLater(pid)
    },
    waitForStatus: (key, status) =>
      waitFor(() => (snapshot(key).status === status ? snapshot(key) : null), { what: `${key} to be ${status}` }),
    records: () => (existsSync(runDir) ? readdirSync(runDir).filter(isRecord).sort() : []),
    readPidFile: (key) => readFileSync(join(runDir, `${encodeURIComponent(key)}.pid`), 'utf8'),
  }
}

/** The lock of the directory is no record. */
const isRecord = (name: string) => !/^manager-\d+\.lock$/.test(name)

/** A service that runs the fixture server. */
export function serverService(server: ServerOptions = {}, overrides: ServiceOverrides = {}) {
  return makeService({
    args: [fixture('server.ts'), JSON.stringify(server)],
    ...(server.port === undefined ? {} : { port: server.port }),
    graceSeconds: 0.3,
    ...overrides,
  })
}

/** A service that prints numbered lines all the time. */
export function tickerService(overrides: ServiceOverrides = {}, linesPerSecond = 200) {
  return makeService({ args: [fixture('ticker.ts'), String(linesPerSecond)], graceSeconds: 0.3, ...overrides })
}
