import pidusage from 'pidusage'
import { treeMemory } from './processes/tree-memory.ts'
import type { TreeUsage, UsageSource } from './usage-source.ts'

/** By pidusage: /proc, ps, and on Windows a helper program. */
export class PidUsage implements UsageSource {
  async sample<K>(trees: ReadonlyMap<K, readonly number[]>): Promise<ReadonlyMap<K, TreeUsage>> {
    const pids = [...trees.values()].flat()
    const samples = pids.length === 0 ? {} : await pidusage(pids).catch(() => ({}) as Record<number, pidusage.Status>)
    const usage = new Map<K, TreeUsage>()
    for (const [key, members] of trees) {
      const known = members.map((pid) => samples[pid]).filter((sample) => sample !== undefined && sample !== null)
      if (known.length === 0) continue
      usage.set(key, {
        cpuPercent: known.reduce((sum, { cpu }) => sum + cpu, 0),
        memoryBytes: treeMemory(members) ?? known.reduce((sum, { memory }) => sum + memory, 0),
        processCount: known.length,
      })
    }
    return usage
  }
}
