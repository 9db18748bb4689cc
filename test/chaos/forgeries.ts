import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** Stale files in run/, as an earlier life may have left them, which name a process that is somebody else's. */
export interface Forgery {
  readonly file: string
  /** Whether the manager has to tell of it. */
  readonly isReported: boolean
}

/** As in a genuine record; null if there is none to look at. */
function bootId(home: string): string | null {
  const name = readdirSync(join(home, 'run')).find((file) => file.endsWith('.pid'))
  if (name === undefined) return null
  const record: unknown = JSON.parse(readFileSync(join(home, 'run', name), 'utf8').split('\n')[1] ?? '')
  const found = record !== null && typeof record === 'object' && 'bootId' in record ? record.bootId : null
  return typeof found === 'string' ? found : null
}

/** A record with the pid of a living stranger, an intent whose program never started, and half a file. */
export function forge(home: string, key: string, stranger: number): Forgery[] {
  const currentBoot = bootId(home)
  if (currentBoot === null) return []
  const name = encodeURIComponent(key)
  const nonce = randomBytes(16).toString('hex')
  const intent = { version: 1, key, nonce, bootId: currentBoot, command: ['forged'], startedAt: 1 }
  const write = (file: string, content: string, isReported: boolean): Forgery => {
    writeFileSync(join(home, 'run', file), content)
    return { file, isReported }
  }
  return [
    write(`${name}.pid`, `${stranger}\n${JSON.stringify({ ...intent, pid: stranger, createdAt: '77' })}\n`, true),
    write(`${name}.intent`, `${JSON.stringify({ ...intent, nonce: 'never-started' })}\n`, false),
    write(`.${name}.pid.0123456789ab.tmp`, `${stranger}\n{"vers`, false),
  ]
}

/** What is wrong with what the manager said of them. */
export function checkReports(forgeries: readonly Forgery[], warnings: readonly string[]): string[] {
  return forgeries.flatMap(({ file, isReported }) => {
    const count = warnings.filter((warning) => warning.includes(`${sep}${file}:`)).length
    const expected = isReported ? 1 : 0
    return count === expected
      ? []
      : [`${file} was reported ${count} times instead of ${expected}: ${warnings.join('; ')}`]
  })
}
