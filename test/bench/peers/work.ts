import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { waitFor } from '../../support/wait-for.ts'
import { median } from '../benchmark.ts'
import { keepAwake } from '../support/keep-awake.ts'
import { cpuMs } from '../support/process-cost.ts'
import { measureRestarts, StartObserver } from '../support/start-observer.ts'
import type { Peer, PeerService, RunningPeer } from './peer.ts'

const fixture = (name: string) => join(import.meta.dirname, '../../fixtures', name)
const INGEST_BYTES = 240_000_000
const RESTARTS = 25
const IDLE_SERVICES = 50
/** Starting leaves V8 work for half a minute, which is no part of idling. */
const SETTLE_MS = 60_000
const SURVIVING_SERVICES = 10

/** One figure of one peer. */
export interface PeerFigure {
  readonly value: number
  /** What else is worth saying, e.g. lost bytes. */
  readonly note?: string
}

export interface Work {
  readonly id: string
  readonly what: string
  readonly unit: string
  /** How often each peer does it, in turn; the median counts. */
  readonly rounds: number
  run(peer: Peer, folder: string): Promise<PeerFigure>
}

const service = (name: string, command: readonly [string, ...string[]], autoRestart = true): PeerService => ({
  name,
  command,
  autoRestart,
  graceMs: 1_000,
})

/** Runs `work` with the peer and ends it, and the services it knows, in any case. */
async function withPeer<T>(
  peer: Peer,
  folder: string,
  services: readonly PeerService[],
  work: (running: RunningPeer) => Promise<T>,
): Promise<T> {
  const running = await peer.start(folder, services)
  try {
    return await work(running)
  } finally {
    await running.end()
  }
}

/** Whether there is such a process, and not only a zombie that waits to be reaped. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !'ZX'.includes(stat.charAt(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}

const alivePids = (text: string) => [...text.matchAll(/(\d+)\n/g)].map((match) => Number(match[1])).filter(isAlive)

/** What a manager left behind is ended here, by the pids that it wrote down itself. */
function endAll(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL')
}

const crashRestart: Work = {
  id: 'crash to restart',
  what: 'from the death of a service to the first step of its next run, median',
  unit: 'ms',
  rounds: 3,
  async run(peer, folder) {
    const observer = new StartObserver(folder, 'started')
    const measure = () => measureRestarts([observer], RESTARTS)
    const [times = []] = await withPeer(peer, folder, [service('one', observer.command)], measure)
    observer.close()
    return { value: median(times) }
  },
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** Until all is in the file, or it stopped growing long ago. */
async function waitUntilFull(file: string): Promise<{ size: number; grewAt: number }> {
  let size = 0
  let grewAt = performance.now()
  while (size < INGEST_BYTES && performance.now() - grewAt < 5_000) {
    await delay(10)
    const now = sizeOf(file)
    if (now !== size) grewAt = performance.now()
    size = now
  }
  return { size, grewAt }
}

const ingest: Work = {
  id: '240 MB of output',
  what: 'from the start of the program until its last byte is in the log file',
  unit: 's',
  rounds: 3,
  async run(peer, folder) {
    const observer = new StartObserver(folder, 'started')
    const [, , , , pipe] = observer.command
    const script = 'echo $$ > "$1"; exec "$2" "$3" "$4"'
    const writer = [process.execPath, fixture('write-bytes.ts'), String(INGEST_BYTES)]
    const command = ['/bin/sh', '-c', script, 'sh', pipe ?? '', ...writer] as const
    const figure = await withPeer(peer, folder, [service('one', command, false)], async (running) => {
      const { at } = await observer.next()
      const { size, grewAt } = await waitUntilFull(running.outputFile('one'))
      const lost = INGEST_BYTES - size
      return { value: (grewAt - at) / 1000, ...(lost === 0 ? {} : { note: `${lost} bytes lost` }) }
    })
    observer.close()
    return figure
  },
}

const stopTree: Work = {
  id: 'survivors of a stop',
  what: 'processes left of a tree: polite root, stubborn child, grandchild in a session of its own, orphan of a double fork',
  unit: '',
  rounds: 1,
  async run(peer, folder) {
    const child = { name: 'child', stubborn: true, children: [{ name: 'own-session', stubborn: true, setsid: true }] }
    const middle = { name: 'middle', setsid: true, exitCode: 0, children: [{ name: 'orphan', stubborn: true }] }
    const tree = { name: 'root', children: [child, middle] }
    const file = join(folder, 'pids')
    const command = [process.execPath, fixture('tree-member.ts'), JSON.stringify(tree), file] as const
    const read = () => (sizeOf(file) === 0 ? '' : readFileSync(file, 'utf8'))
    return withPeer(peer, folder, [service('one', command, false)], async (running) => {
      await waitFor(() => read().split('\n').length === 6, { what: 'the tree' })
      const from = performance.now()
      await running.stop('one')
      const seconds = (performance.now() - from) / 1000
      const left = alivePids(read())
      endAll(left)
      return { value: left.length, note: `after ${seconds.toFixed(1)} s, grace period 1 s` }
    })
  },
}

const managerKilled: Work = {
  id: 'manager killed',
  what: `services lost or doubled, of ${SURVIVING_SERVICES}, after SIGKILL to the manager and its next start`,
  unit: '',
  rounds: 1,
  async run(peer, folder) {
    const names = Array.from({ length: SURVIVING_SERVICES }, (_, n) => `s${n}`)
    const file = (name: string) => join(folder, `${name}.pids`)
    const script = 'echo $$ >> "$1"; exec sleep 600'
    const services = names.map((name) => service(name, ['/bin/sh', '-c', script, 'sh', file(name)]))
    const alive = (name: string) => (sizeOf(file(name)) === 0 ? [] : alivePids(readFileSync(file(name), 'utf8')))
    try {
      return await withPeer(peer, folder, services, async (running) => {
        await waitFor(() => names.every((name) => alive(name).length === 1), { what: 'the services' })
        const before = names.flatMap(alive)
        process.kill(running.pid, 'SIGKILL')
        await delay(1_000)
        await running.startAgain()
        await delay(2_000)
        const counts = names.map((name) => alive(name).length)
        const doubled = counts.filter((count) => count > 1).length
        const ended = before.filter((pid) => !isAlive(pid)).length
        return { value: counts.filter((count) => count !== 1).length, note: `${doubled} doubled, ${ended} interrupted` }
      })
    } finally {
      endAll(names.flatMap(alive))
    }
  },
}

const idle: Work = {
  id: 'idle CPU',
  what: `of the manager with ${IDLE_SERVICES} services that do nothing, percent of a core`,
  unit: '%',
  rounds: 1,
  async run(peer, folder) {
    const services = Array.from({ length: IDLE_SERVICES }, (_, n) => service(`s${n}`, ['/bin/sleep', '600']))
    const windowMs = 30_000
    return withPeer(peer, folder, services, async (running) => {
      using _awake = keepAwake([running.pid])
      await delay(SETTLE_MS)
      const before = cpuMs(running.pid)
      await delay(windowMs)
      return { value: ((cpuMs(running.pid) - before) / windowMs) * 100 }
    })
  },
}

export const works: readonly Work[] = [crashRestart, ingest, stopTree, managerKilled, idle]
