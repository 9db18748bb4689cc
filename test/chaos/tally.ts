/** What was done, for the summary. */
export interface Tally {
  rounds: number
  kills: number
  actions: number
  /** Instances that a new manager took over. */
  adoptions: number
  /** Processes that the manager was killed in the middle of making, which the next one removed (Windows). */
  undone: number
  /** Numbered lines that were checked. */
  lines: number
  /** Files that became archives, in the middle of all this. */
  archives: number
  violations: number
}

export const emptyTally: Readonly<Tally> = {
  rounds: 0,
  kills: 0,
  actions: 0,
  adoptions: 0,
  undone: 0,
  lines: 0,
  archives: 0,
  violations: 0,
}

export const addTallies = (a: Tally, b: Tally): Tally => ({
  rounds: a.rounds + b.rounds,
  kills: a.kills + b.kills,
  actions: a.actions + b.actions,
  adoptions: a.adoptions + b.adoptions,
  undone: a.undone + b.undone,
  lines: a.lines + b.lines,
  archives: a.archives + b.archives,
  violations: a.violations + b.violations,
})
