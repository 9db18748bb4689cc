import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

export const BIG_LINES = 10_000_000
/** With its line end. */
const LINE_BYTES = 107
/** Stands in the last line only. */
export const NEEDLE = 'the very last line'

const numberOf = (line: number) => String(line).padStart(9, '0')

/** What line number `line` (0-based) begins with. */
export const beginningOf = (line: number) => `line ${numberOf(line)} `

/** A log of ten million lines, a bit more than 1 GB, with lines as servers print them. */
export async function writeBigLog(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  const file = openSync(join(folder, 'stdout.log'), 'w')
  const perBlock = 20_000
  for (let from = 0; from < BIG_LINES; from += perBlock) {
    let block = ''
    for (let line = from; line < from + perBlock; line += 1) {
      const hash = createHash('md5').update(String(line)).digest('hex')
      const text = line === BIG_LINES - 1 ? NEEDLE : 'POST /v1/completions'
      block += `${beginningOf(line)}INFO slot ${line % 8} ${text} 200 ${hash}`.padEnd(LINE_BYTES - 1, '.')
      block += '\n'
    }
    writeSync(file, block)
  }
  closeSync(file)
  return BIG_LINES * LINE_BYTES
}
