import { type ChildProcess, spawn } from 'node:child_process'
import type { DemoLog } from './log.ts'

/** How this program starts itself: inside Electron that is not just `process.execPath` and a script. */
export interface SelfCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** How long a child outlives a parent that was killed: long enough to be seen, short enough not to be a nuisance. */
const ORPHAN_LIFE_MS = 60_000
const PARENT_CHECK_MS = 1000

/**
 * Starts child processes that do nothing but live. `dispose` ends them; if this process is killed instead, they stay
 * behind for a minute, as the workers of real model servers do.
 */
export function startChildren(
  count: number,
  self: SelfCommand,
  ignoreSigterm: boolean,
  log: DemoLog,
): { dispose(): void } {
  const children: ChildProcess[] = []
  for (let index = 1; index <= count; index += 1) {
    const flags = ['--child-of', String(process.pid), ...(ignoreSigterm ? ['--ignore-sigterm'] : [])]
    const child = spawn(self.command, [...self.args, ...flags], {
      stdio: ['ignore', 'inherit', 'inherit'],
      windowsHide: true,
      ...(self.env === undefined ? {} : { env: self.env }),
    })
    child.once('error', (error) => log.error(`child ${index} could not be started: ${error.message}`))
    if (child.pid !== undefined) {
      log.info(`child ${index} of ${count} has the pid ${child.pid}`)
    }
    children.push(child)
  }
  return {
    dispose: () => {
      for (const child of children) {
        child.kill()
      }
    },
  }
}

/** The life of such a child. Resolves when its parent has been gone for a while. */
export function outliveParent(parent: number): Promise<void> {
  return new Promise((resolve) => {
    let orphanedAt: number | null = null
    const timer = setInterval(() => {
      orphanedAt ??= isAlive(parent) ? null : Date.now()
      if (orphanedAt !== null && Date.now() - orphanedAt > ORPHAN_LIFE_MS) {
        clearInterval(timer)
        resolve()
      }
    }, PARENT_CHECK_MS)
  })
}

/** On POSIX an orphan gets another parent; on Windows it keeps the number of the dead one. */
function isAlive(parent: number): boolean {
  if (process.ppid !== parent) {
    return false
  }
  try {
    process.kill(parent, 0)
    return true
  } catch {
    return false
  }
}
