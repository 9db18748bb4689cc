import { PidUsage } from './usage-pidusage.ts'
import type { UsageSource } from './usage-source.ts'
import { createWin32Usage } from './usage-win32.ts'

/** The way of this system: native calls on Windows where they are to be had, else pidusage. */
export async function createUsageSource(): Promise<UsageSource> {
  return (await createWin32Usage()) ?? new PidUsage()
}
