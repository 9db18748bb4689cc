import { loadWin32Processes, type Win32Processes } from './native/win32/process-calls.ts'
import { CountedUsage, type ProcessCounters } from './usage-counters.ts'
import type { UsageSource } from './usage-source.ts'

/** 1601 to 1970, between the origins of a FILETIME and of the epoch. */
const EPOCH_TICKS = 116_444_736_000_000_000n
const TICKS_PER_MS = 10_000

/** All figures of all processes in one call; null where native calls are not to be had. */
export async function createWin32Usage(): Promise<UsageSource | null> {
  const native = await loadWin32Processes()
  return native === null ? null : new CountedUsage((pids) => readCounters(native, pids))
}

function readCounters(native: Win32Processes, pids: ReadonlySet<number>): ProcessCounters[] {
  return native
    .snapshot()
    .filter(({ pid }) => pids.has(pid))
    .map(({ pid, createdAt, cpuMs, memory }) => {
      return { pid, createdAt, bornAtMs: toEpochMs(createdAt), cpuMs, memory }
    })
}

/** @param filetime 100 ns since 1601, decimal */
export function toEpochMs(filetime: string): number {
  return Number(BigInt(filetime) - EPOCH_TICKS) / TICKS_PER_MS
}
