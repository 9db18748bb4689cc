import { describe, expect, it } from 'vitest'
import { parseBootId } from '../../../src-main/os/native/win32/boot.ts'
import { imageName, parseBasic } from '../../../src-main/os/native/win32/process-look.ts'
import { parseSnapshot } from '../../../src-main/os/native/win32/process-snapshot.ts'
import { parseTcpTable } from '../../../src-main/os/native/win32/tcp-table.ts'
import { SNAPSHOT_ADDRESS, type SnapshotProcess, snapshotBuffer } from '../../support/win32-snapshot.ts'

const parse = (...processes: SnapshotProcess[]) => parseSnapshot(snapshotBuffer(processes), SNAPSHOT_ADDRESS)
const createdAt = 133_700_000_000_000_123n

describe('a snapshot of all processes', () => {
  it('tells of each: who it is, whose child, what it takes', () => {
    const [system, server, worker] = parse(
      { pid: 0, name: '', threads: [[2, 0]] },
      { pid: 4, createdAt: 133_600_000_000_000_000n, name: 'System' },
      {
        pid: 4712,
        parentPid: 4,
        createdAt,
        name: 'llama-server.exe',
        userTicks: 20_000_000n,
        kernelTicks: 5_000n,
        workingSet: 8_000_000_000n,
        privateWorkingSet: 1_000_000_000n,
      },
      { pid: 4716, parentPid: 4712, createdAt: createdAt + 1n, name: 'größer ü.exe' },
    )
    expect(system).toMatchObject({ pid: 4, name: 'System', createdAt: '133600000000000000' })
    expect(server).toEqual({
      pid: 4712,
      parentPid: 4,
      createdAt: '133700000000000123',
      name: 'llama-server.exe',
      cpuMs: 2000.5,
      memory: { own: 1_000_000_000, shareable: 7_000_000_000 },
      isSuspended: false,
    })
    expect(worker).toMatchObject({ pid: 4716, parentPid: 4712, name: 'größer ü.exe' })
  })

  it('leaves out what is no process any more: no threads, no creation time', () => {
    expect(parse({ pid: 0 }, { pid: 8, createdAt, threads: [] }, { pid: 12, createdAt })).toMatchObject([{ pid: 12 }])
  })

  it('takes all memory for its own where the system does not tell the parts apart', () => {
    expect(parse({ pid: 8, createdAt, workingSet: 5_000n })[0]?.memory).toEqual({ own: 5_000, shareable: 0 })
    expect(parse({ pid: 8, createdAt, workingSet: 10n, privateWorkingSet: 20n })[0]?.memory).toEqual({
      own: 20,
      shareable: 0,
    })
  })

  it.each([
    ['all threads are suspended', [5, 5], [5, 12], true],
    ['one runs', [5, 5], [2, 5], false],
    ['one waits for something else', [5, 5], [5, 6], false],
    ['nothing is told (Wine)', [0, 0], [0, 0], null],
  ] as const)('says whether it stands still: %s', (_what, first, second, expected) => {
    expect(parse({ pid: 8, createdAt, threads: [first, second] })[0]?.isSuspended).toBe(expected)
  })

  it('reads nothing beyond the buffer', () => {
    const buffer = snapshotBuffer([{ pid: 8, createdAt, name: 'a.exe' }])
    expect(parseSnapshot(buffer, 0n)).toMatchObject([{ pid: 8, name: '' }])
    expect(parseSnapshot(buffer.subarray(0, 100), SNAPSHOT_ADDRESS)).toEqual([])
    expect(parseSnapshot(buffer.subarray(0, 300), SNAPSHOT_ADDRESS)).toMatchObject([{ pid: 8, name: '' }])
  })
})

describe('the boot id', () => {
  const timeOfDay = (bootTime: bigint, bias: bigint) => {
    const buffer = Buffer.alloc(48)
    buffer.writeBigInt64LE(bootTime, 0)
    buffer.writeBigInt64LE(bias, 32)
    return buffer
  }

  it('does not change when somebody sets the clock, forward or back', () => {
    const booted = 133_700_000_000_000_000n
    for (const step of [0n, 36_000_000_000n, -72_000_000_000n]) {
      expect(parseBootId(timeOfDay(booted + step, step))).toBe('133700000000000000')
    }
    expect(parseBootId(timeOfDay(booted + 1n, 0n))).not.toBe(parseBootId(timeOfDay(booted, 0n)))
  })
})

describe('one process', () => {
  it('is known by its whole pid', () => {
    const buffer = Buffer.alloc(48)
    buffer.writeBigUInt64LE(4712n, 32)
    buffer.writeBigUInt64LE(812n, 40)
    expect(parseBasic(buffer)).toEqual({ pid: 4712, parentPid: 812 })
  })

  it.each([
    ['C:\\Program Files\\Ollama\\ollama.exe', 'ollama.exe'],
    ['\\\\server\\share\\a b.exe', 'a b.exe'],
    ['C:/mixed\\slashes/x.exe', 'x.exe'],
    ['bare.exe', 'bare.exe'],
  ])('is called after its program: %s', (path, name) => {
    expect(imageName(path)).toBe(name)
  })
})

describe('a table of listeners', () => {
  /** Rows of MIB_TCPROW_OWNER_PID or MIB_TCP6ROW_OWNER_PID. */
  const table = (bytes: number, portAt: number, pidAt: number, rows: readonly (readonly [number, number])[]) => {
    const buffer = Buffer.alloc(4 + rows.length * bytes, 0xee)
    buffer.writeUInt32LE(rows.length, 0)
    for (const [index, [port, pid]] of rows.entries()) {
      buffer.writeUInt16BE(port, 4 + index * bytes + portAt)
      buffer.writeUInt32LE(pid, 4 + index * bytes + pidAt)
    }
    return buffer
  }

  it('tells ports and processes', () => {
    expect(
      parseTcpTable(
        table(24, 8, 20, [
          [11_434, 4712],
          [65_535, 0xffff_fff0],
        ]),
        4,
      ),
    ).toEqual([
      { port: 11_434, pid: 4712, family: 4 },
      { port: 65_535, pid: 0xffff_fff0, family: 4 },
    ])
    expect(parseTcpTable(table(56, 20, 52, [[8080, 12]]), 6)).toEqual([{ port: 8080, pid: 12, family: 6 }])
  })

  it('may be empty, or larger than its rows', () => {
    expect(parseTcpTable(Buffer.alloc(0), 4)).toEqual([])
    expect(parseTcpTable(table(24, 8, 20, []), 4)).toEqual([])
    expect(parseTcpTable(Buffer.concat([table(24, 8, 20, [[1, 4]]), Buffer.alloc(500)]), 4)).toHaveLength(1)
    expect(parseTcpTable(table(24, 8, 20, [[1, 4]]).subarray(0, 20), 4)).toEqual([])
  })
})
