import type { DarwinKernel } from '../native/darwin/kernel.ts'
import type { Resources, Timebase } from '../native/darwin/resources.ts'
import type { MemoryParts } from './tree-memory.ts'

/** What one process has used, as two of these tell a CPU percentage and one tells the memory. */
export interface DarwinUsage {
  /** Processor time since its start, of all its threads, in milliseconds. */
  readonly cpuMs: number
  readonly memory: MemoryParts
}

/**
 * The footprint is what only this process has (private, compressed, and what it holds on the GPU, which shares the
 * memory); what is resident beyond it are pages of files, such as libraries and mapped weights, which others of its tree
 * may share. As on Linux (docs/decisions/0011-usage.md).
 */
export function toDarwinUsage(resources: Resources, { numerator, denominator }: Timebase): DarwinUsage {
  const { cpuTicks, residentBytes, footprintBytes } = resources
  return {
    cpuMs: (cpuTicks * numerator) / denominator / 1_000_000,
    memory: { own: footprintBytes, shareable: Math.max(0, residentBytes - footprintBytes) },
  }
}

/** Null if it has ended, or is another user's. */
export function readDarwinUsage(kernel: DarwinKernel, pid: number): DarwinUsage | null {
  const resources = kernel.resources(pid)
  return resources === null ? null : toDarwinUsage(resources, kernel.timebase)
}
