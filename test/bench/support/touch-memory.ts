import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

// Reads a byte of every page that the processes named on the command line have in memory, again and again, until its parent is
// gone. Why: see keep-awake.ts.

/** A page is found at once for about a second after its use. */
const PAUSE_MS = 200
const PAGE_BYTES = 4096
/** Of an entry of /proc/PID/pagemap (proc(5)); the page is in memory if the highest bit is set. */
const ENTRY_BYTES = 8
/** Address space that is only reserved, such as V8's, comes in larger pieces. */
const MAX_MAPPING_BYTES = 2 ** 30

const parent = process.ppid
const byte = Buffer.alloc(1)

function touch(pid: string): void {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  const pagemap = openSync(`/proc/${pid}/pagemap`, 'r')
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line) ?? []
      if (from === undefined || to === undefined || line.includes('[v')) continue
      touchMapping(memory, pagemap, Number.parseInt(from, 16), Number.parseInt(to, 16))
    }
  } finally {
    closeSync(memory)
    closeSync(pagemap)
  }
}

function touchMapping(memory: number, pagemap: number, from: number, to: number): void {
  if (to - from > MAX_MAPPING_BYTES) return
  const pages = Buffer.alloc(((to - from) / PAGE_BYTES) * ENTRY_BYTES)
  readSync(pagemap, pages, 0, pages.length, (from / PAGE_BYTES) * ENTRY_BYTES)
  for (let at = 0; at < pages.length; at += ENTRY_BYTES) {
    if (((pages[at + ENTRY_BYTES - 1] ?? 0) & 0x80) === 0) continue
    try {
      readSync(memory, byte, 0, 1, from + (at / ENTRY_BYTES) * PAGE_BYTES)
    } catch {
      return // Unmapped meanwhile.
    }
  }
}

while (process.ppid === parent) {
  for (const pid of process.argv.slice(2)) {
    try {
      touch(pid)
    } catch {
      // It has ended; the others may go on.
    }
  }
  await delay(PAUSE_MS)
}
