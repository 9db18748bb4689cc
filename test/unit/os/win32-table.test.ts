import { describe, expect, it } from 'vitest'
import type { Win32Processes } from '../../../src-main/os/native/win32/process-calls.ts'
import type { ProcessLook } from '../../../src-main/os/native/win32/process-look.ts'
import type { SystemProcess } from '../../../src-main/os/native/win32/process-snapshot.ts'
import type { TcpListener } from '../../../src-main/os/native/win32/tcp-table.ts'
import { createWin32ProcessTable } from '../../../src-main/os/processes/win32.ts'

const process = (pid: number, createdAt: string, parentPid = 0): SystemProcess => ({
  pid,
  parentPid,
  createdAt,
  name: `p${pid}.exe`,
  cpuMs: 0,
  memory: { own: 1, shareable: 0 },
  isSuspended: false,
})

/** A Windows with these processes, of which some may not be opened. */
function windows(
  all: readonly SystemProcess[],
  denied: readonly number[] = [],
  listeners: readonly TcpListener[] = [],
) {
  let snapshots = 0
  const native: Win32Processes = {
    snapshot: () => {
      snapshots += 1
      return [...all]
    },
    look(pid): ProcessLook | 'gone' | 'denied' {
      if (denied.includes(pid)) return 'denied'
      const found = all.find((one) => one.pid === pid)
      return found === undefined ? 'gone' : found
    },
    bootId: () => '133600000000000000',
    listeners: () => [...listeners],
  }
  return { table: createWin32ProcessTable(async () => native), snapshots: () => snapshots }
}

const old = process(100, '1000')
const child = process(104, '2000', 100)
const grandchild = process(108, '3000', 104)
/** Its parent has ended, and pid 100 was given to a younger one. */
const stranger = process(112, '999', 100)
const orphan = process(116, '4000', 9_996)
const all = [old, child, grandchild, stranger, orphan]

describe('the process table of Windows', () => {
  it('lists processes with their true parents', async () => {
    const entries = await windows(all).table.list()
    expect(entries.map(({ pid, parentPid }) => [pid, parentPid])).toEqual([
      [100, 0],
      [104, 100],
      [108, 104],
      [112, 0],
      [116, 9_996],
    ])
    expect(entries[1]).toEqual({ pid: 104, parentPid: 100, groupId: 0, createdAt: '2000', name: 'p104.exe' })
  })

  it('leaves out what is older than it has to be, by number and not by letter', async () => {
    const found = await windows([process(4, '99'), process(8, '1000'), process(12, '1001')]).table.list({
      createdSince: '1000',
    })
    expect(found.map(({ pid }) => pid)).toEqual([8, 12])
  })

  it('leaves nothing out if nobody knows when the oldest was created', async () => {
    const { table } = windows(all)
    expect(await table.list({ createdSince: 'ended before it could be looked at' })).toEqual(await table.list())
  })

  it.each([[[]], [[100]], [[104]], [[100, 104, 108, 112, 116]]])(
    'finds the same one by one, whatever may not be opened: %s',
    async (denied) => {
      const { table } = windows(all, denied)
      const found = await Promise.all(all.map(({ pid }) => table.find(pid)))
      expect(found).toEqual(await table.list())
      expect(await table.find(4_000)).toBeNull()
    },
  )

  it('takes no snapshot for a process that may be opened', async () => {
    const { table, snapshots } = windows(all, [100])
    await table.find(108)
    expect(snapshots()).toBe(0)
    await table.find(104)
    expect(snapshots()).toBe(1)
  })

  it('names who listens, once per port and family, and nobody for a socket that was left behind', async () => {
    const { table } = windows(
      all,
      [],
      [
        { port: 8080, pid: 9_996, family: 4 },
        { port: 8080, pid: 104, family: 4 },
        { port: 8080, pid: 108, family: 4 },
        { port: 8080, pid: 108, family: 6 },
        { port: 9090, pid: 9_996, family: 4 },
        { port: 1, pid: 100, family: 4 },
      ],
    )
    expect(await table.listeners(new Set([8080, 9090]))).toEqual([
      { port: 8080, pid: 104, name: 'p104.exe', family: 4 },
      { port: 8080, pid: 108, name: 'p108.exe', family: 6 },
      { port: 9090, pid: null, name: null, family: 4 },
    ])
    expect(await table.listeners(new Set())).toEqual([])
  })

  it('asks for the boot id once', async () => {
    let asked = 0
    const { bootId, ...rest } = { bootId: () => String(++asked), snapshot: () => [], listeners: () => [] }
    const table = createWin32ProcessTable(async () => ({ ...rest, bootId, look: () => 'gone' }))
    expect([await table.bootId(), await table.bootId()]).toEqual(['1', '1'])
  })
})
