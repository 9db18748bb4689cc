import { promises as fsp } from 'node:fs'
import { basename } from 'node:path'

/**
 * Moves a broken file of the app's own out of the way, so that it is neither used nor lost.
 *
 * @param now milliseconds since the epoch
 * @param consequence what holds without it, in words that complete "... and "
 * @returns what was done, in words. Never rejects
 */
export async function moveAside(file: string, reason: string, now: number, consequence: string): Promise<string> {
  const name = basename(file)
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const aside = `${file}.broken-${stamp}`
  try {
    await fsp.rename(file, aside)
    return `${name} could not be used (${reason}); it is kept as ${basename(aside)} and ${consequence}`
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `${name} could not be used (${reason}) nor moved aside (${why}); ${consequence}`
  }
}
