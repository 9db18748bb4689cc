import { GpuMemory } from '../os/gpu-memory.ts'
import { isConsoleHost } from '../os/processes/console-host.ts'
import { processTable } from '../os/processes/identity.ts'
import { createUsageSource } from '../os/usage.ts'
import type { UsageSource } from '../os/usage-source.ts'

const gpu = new GpuMemory()
let source: Promise<UsageSource> | undefined

/** CPU and memory of a whole process tree. */
export interface Usage {
  /** Percent of one core; may exceed 100. */
  readonly cpuPercent: number
  readonly memoryBytes: number
  /** Null where no driver tells. */
  readonly gpuMemoryBytes: number | null
  readonly processCount: number
}

/**
 * Usage of the trees under `roots` (pid by key), in one batched call. Trees that ended meanwhile are left out: a failed
 * sample is never an error of the service.
 */
export async function sampleUsage(roots: ReadonlyMap<string, number>): Promise<Record<string, Usage>> {
  if (roots.size === 0) return {}
  source ??= createUsageSource()
  const trees = await membersByRoot(roots)
  const samples = await (await source).sample(trees)
  const gpuBytes = gpu.latest()
  const usage: Record<string, Usage> = {}
  for (const [key, sample] of samples) {
    const members = trees.get(key) ?? []
    const gpuMemoryBytes = gpuBytes && members.reduce((sum, pid) => sum + (gpuBytes.get(pid) ?? 0), 0)
    usage[key] = { ...sample, gpuMemoryBytes }
  }
  return usage
}

async function membersByRoot(roots: ReadonlyMap<string, number>): Promise<Map<string, number[]>> {
  const ownPids = new Set(roots.values())
  const children = new Map<number, number[]>()
  const alive = new Set<number>()
  for (const entry of await processTable().list()) {
    const { pid, parentPid } = entry
    alive.add(pid)
    // No part of the service, though the system makes one for each console.
    if (isConsoleHost(entry) && !ownPids.has(pid)) continue
    children.set(parentPid, [...(children.get(parentPid) ?? []), pid])
  }
  const trees = new Map<string, number[]>()
  for (const [key, root] of roots) {
    if (!alive.has(root)) continue
    const members = [root]
    for (const pid of members) members.push(...(children.get(pid) ?? []))
    trees.set(key, members)
  }
  return trees
}

/** Samples every `intervalMs` until disposed; the next sample waits for the last. */
export function startSampling(
  roots: () => ReadonlyMap<string, number>,
  intervalMs: number,
  onSample: (usage: Record<string, Usage>) => void,
): () => void {
  let isActive = true
  let timer: NodeJS.Timeout | undefined
  const sample = async () => {
    const usage = await sampleUsage(roots()).catch(() => ({}))
    if (!isActive) return
    onSample(usage)
    timer = setTimeout(() => void sample(), intervalMs)
  }
  void sample()
  return () => {
    isActive = false
    clearTimeout(timer)
  }
}
