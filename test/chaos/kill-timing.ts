import { watch } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { KillPlan, RoundPlan } from './plan.ts'

/** So long after the last action the manager is killed anyway, though fewer files have changed than was planned. */
const PATIENCE_MS = 200

/** Settles at the instant that the plan says. */
export function whenToKill(
  { kill, actions }: RoundPlan,
  runDirectory: string,
  note: (text: string) => void,
): Promise<void> {
  switch (kill.kind) {
    case 'time':
      return delay(kill.atMs)
    case 'action':
      return delay((actions[kill.number]?.atMs ?? 0) + kill.delayMs)
    case 'files':
      return afterFileChanges(kill, (actions.at(-1)?.atMs ?? 0) + PATIENCE_MS, runDirectory, note)
  }
}

async function afterFileChanges(
  plan: Extract<KillPlan, { kind: 'files' }>,
  latestMs: number,
  runDirectory: string,
  note: (text: string) => void,
): Promise<void> {
  let left = plan.changes
  await new Promise<void>((resolve) => {
    const end = () => {
      watcher.close()
      clearTimeout(timer)
      resolve()
    }
    const watcher = watch(runDirectory, (_event, name) => {
      left -= 1
      if (left !== 0) return
      note(`run/${name} has changed`)
      end()
    })
    const timer = setTimeout(end, latestMs)
  })
  if (plan.delayMs > 0) await delay(plan.delayMs)
}
