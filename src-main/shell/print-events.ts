import type { ProcessManager } from '../manager/process-manager.ts'
import type { ServiceSnapshot } from '../manager/service-snapshot.ts'

/** A service's state in one line, e.g. `Demo server: running, ok  http://127.0.0.1:11555`. */
export function describeState(service: ServiceSnapshot): string {
  const { name, status, health, url, pid, problem } = service
  const words: string[] = [status]
  if (status === 'running') words.push(health)
  const where = status === 'running' && url !== null ? `  ${url}  (pid ${pid})` : ''
  const why = problem === null ? '' : `  ${problem.message} ${problem.hint}`
  return `${name}: ${words.join(', ')}${where}${why}`.trimEnd()
}

/**
 * Prints each service's state and every change of it, for people without a display.
 *
 * @param print receives lines without a line end
 */
export function printEvents(manager: ProcessManager, print: (line: string) => void): void {
  const shown = new Map<string, string>()
  const show = (service: ServiceSnapshot) => {
    const line = describeState(service)
    if (shown.get(service.key) === line) return
    shown.set(service.key, line)
    print(`${new Date().toTimeString().slice(0, 8)}  ${line}`)
  }
  const { snapshot } = manager.subscribe((patch) => {
    for (const service of patch.upserted) show(service)
  })
  for (const service of snapshot.services) show(service)
}
