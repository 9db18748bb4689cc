import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright'
import type { Benchmark, Measurement } from '../benchmark.ts'
import { inFolder } from '../support/folder.ts'
import { MemoryWatch } from '../support/memory-watch.ts'
import { cpuMs } from '../support/process-cost.ts'
import { openService, openViewer } from './viewer.ts'

const LINES_PER_SECOND = 100_000
/** How long the flood is watched; the design asks for 10 minutes, `AGENTOS_BENCH_FLOOD_MINUTES=10`. */
const MINUTES = Number(process.env.AGENTOS_BENCH_FLOOD_MINUTES ?? 1)
/** What each process gathers between two collections is no growth; a short flood may see only half of one such time. */
const FLAT_MB = MINUTES < 10 ? 20 : 10
const SETTLE_MS = 10_000
const KEYS = 150
const KEY_PAUSE_MS = 40
/** Moving about, letting the end go and following it again, and times shown and hidden in every row. */
const KEYS_IN_TURN = ['ArrowUp', 'PageUp', 't', 'PageDown', 'End', 't']
/** Coming to rest takes both processes longer than the first pages. */
const WARM_MS = 20_000

const flood = join(import.meta.dirname, '../../fixtures/flood.ts')

interface Flooded {
  readonly inputMs: Measurement
  readonly cpu: Measurement
  readonly mainMb: Measurement
  readonly windowMb: Measurement
}

let measured: Promise<Flooded> | undefined
const measure = () => {
  measured ??= inFolder(measureFlood)
  return measured
}

async function measureFlood(home: string): Promise<Flooded> {
  const seconds = String(MINUTES * 60 + 120)
  const quiet = { key: 'bench:quiet', name: 'Quiet', binName: '/bin/echo', extraArgs: ['hello'], autoStart: true }
  const service = {
    key: 'bench:flood',
    name: 'Flood',
    binName: process.execPath,
    extraArgs: [flood, String(LINES_PER_SECOND), seconds],
  }
  await using viewer = await openViewer(home, [quiet, service])
  const { page, running } = viewer
  await openService(page, 'Quiet', 'hello')
  await delay(SETTLE_MS)
  const calmInput = percentile(await typeAndMeasure(page), 0.99)
  const calmCpu = await cpuPercent(running.pid)
  await page
    .getByRole('listitem', { name: /^Flood/ })
    .getByRole('button', { name: 'Start', exact: true })
    .click()
  await openService(page, 'Flood', 'INFO line')
  await delay(WARM_MS)
  const windowPid = await running.app.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
  )
  const main = new MemoryWatch(running.pid)
  const window = new MemoryWatch(windowPid)
  const cpu = await cpuPercent(running.pid)
  const input = percentile(await typeAndMeasure(page), 0.99)
  await delay(MINUTES * 60_000)
  return {
    inputMs: { value: input, floor: calmInput },
    cpu: { value: cpu, floor: calmCpu },
    mainMb: growthOf(main),
    windowMb: growthOf(window),
  }
}

function growthOf(memory: MemoryWatch): Measurement {
  const { before, gained } = memory.growth()
  return { value: gained, floor: before }
}

async function cpuPercent(pid: number): Promise<number> {
  const from = performance.now()
  const before = cpuMs(pid)
  await delay(SETTLE_MS)
  return ((cpuMs(pid) - before) / (performance.now() - from)) * 100
}

/** Milliseconds from each key, as the system saw it, until what it changed is painted. */
async function typeAndMeasure(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = []
    Object.assign(window, { inputTimes: times })
    window.addEventListener(
      'keydown',
      (event) => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => times.push(performance.now() - event.timeStamp)
        requestAnimationFrame(() => channel.port2.postMessage(null))
      },
      { capture: true },
    )
  })
  await page.getByRole('log').focus()
  for (let n = 0; n < KEYS; n += 1) {
    await page.keyboard.press(KEYS_IN_TURN[n % KEYS_IN_TURN.length] ?? 'End')
    await delay(KEY_PAUSE_MS)
  }
  return await page.evaluate(() => (window as unknown as { inputTimes: number[] }).inputTimes)
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const logFloodInput: Benchmark = {
  id: 'log-flood-input',
  what: 'key to paint, p99, with a log open that grows by 100 000 lines a second / with a quiet one',
  unit: 'ms',
  budget: 50,
  of: 'value',
  run: async () => [(await measure()).inputMs],
}

export const logFloodCpu: Benchmark = {
  id: 'log-flood-cpu',
  what: 'CPU of the main process during that flood, of a core / with a quiet log open',
  unit: '%',
  budget: 15,
  of: 'value',
  run: async () => [(await measure()).cpu],
}

export const logFloodMain: Benchmark = {
  id: 'log-flood-main',
  what: `memory of the main process, mean of the last third of ${MINUTES} min of that flood less the first third's / the first third's`,
  unit: 'MB',
  budget: FLAT_MB,
  of: 'value',
  run: async () => [(await measure()).mainMb],
}

export const logFloodWindow: Benchmark = {
  id: 'log-flood-window',
  what: 'memory of the window, the same',
  unit: 'MB',
  budget: FLAT_MB,
  of: 'value',
  run: async () => [(await measure()).windowMb],
}

const LINES = 400
/** Between two lines, so that each is seen alone; not a multiple of any interval in the app. */
const LINE_PAUSE_MS = 73

let latencies: Promise<readonly number[]> | undefined
const measureLatency = () => {
  latencies ??= inFolder(async (home) => {
    const code = `let n = 0
const timer = setInterval(() => {
  require('node:fs').writeSync(1, 'at ' + (performance.timeOrigin + performance.now()).toFixed(2) + ' \\n')
  if (++n === ${LINES + 50}) clearInterval(timer)
}, ${LINE_PAUSE_MS})
setTimeout(() => undefined, 60_000)`
    const service = { key: 'bench:clock', name: 'Clock', binName: process.execPath, extraArgs: ['-e', code] }
    await using viewer = await openViewer(home, [service])
    const { page } = viewer
    const seen = page.evaluate(
      (count) =>
        new Promise<number[]>((resolve) => {
          const times: number[] = []
          let newest = 0
          const look = () => {
            for (const line of document.querySelectorAll('.line-text')) {
              const at = Number(/^at ([\d.]+) /.exec(line.textContent ?? '')?.[1])
              if (!(at > newest)) continue
              newest = at
              const channel = new MessageChannel()
              channel.port1.onmessage = () => times.push(performance.timeOrigin + performance.now() - at)
              channel.port2.postMessage(null)
            }
            if (times.length < count) requestAnimationFrame(look)
            else resolve(times)
          }
          look()
        }),
      LINES,
    )
    await page
      .getByRole('listitem', { name: /^Clock/ })
      .getByRole('button', { name: 'Start', exact: true })
      .click()
    // The first ones come while everything is still being opened.
    return (await seen).slice(20)
  })
  return latencies
}

export const logLatency: Benchmark = {
  id: 'log-latency-p50',
  what: 'line written to line on screen, median / a frame',
  unit: 'ms',
  budget: 60,
  of: 'value',
  run: async () => [{ value: percentile(await measureLatency(), 0.5), floor: 1000 / 60 }],
}

export const logLatencyWorst: Benchmark = {
  id: 'log-latency-p99',
  what: 'line written to line on screen, p99 / a frame',
  unit: 'ms',
  budget: 150,
  of: 'value',
  run: async () => [{ value: percentile(await measureLatency(), 0.99), floor: 1000 / 60 }],
}
