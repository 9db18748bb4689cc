import type { ProcessEntry } from './process-table.ts'

/** Whether this is what Windows starts, as a child of the first program on it, for every console, also one without a window. */
export function isConsoleHost(
  { name }: Pick<ProcessEntry, 'name'>,
  platform: NodeJS.Platform = process.platform,
): boolean {
  return platform === 'win32' && name.toLowerCase() === 'conhost.exe'
}
