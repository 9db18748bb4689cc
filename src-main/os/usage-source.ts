/** What a process tree takes. */
export interface TreeUsage {
  /** Percent of one core since the sample before; may exceed 100. */
  readonly cpuPercent: number
  /** What each process has for itself, and shared memory once where the system tells the parts apart. */
  readonly memoryBytes: number
  /** Members that were still there. */
  readonly processCount: number
}

/** Takes samples of process trees. One per caller: it remembers the sample before. */
export interface UsageSource {
  /**
   * @param trees pids of each tree's members
   * @returns usage by tree; without those of which nothing is left, or could be found out
   */
  sample<K>(trees: ReadonlyMap<K, readonly number[]>): Promise<ReadonlyMap<K, TreeUsage>>
}
