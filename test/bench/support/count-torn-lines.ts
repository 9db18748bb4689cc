import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** How many of the lines that fixtures/write-bytes.ts wrote are missing, doubled, torn or out of order. */
export async function countTornLines(file: string, bytes: number): Promise<number> {
  let expected = 0
  let wrong = 0
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line !== `line ${expected} `.padEnd(63, '.')) wrong += 1
    expected += 1
  }
  return wrong + Math.abs(expected - bytes / 64)
}
