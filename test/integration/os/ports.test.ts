import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkPort, describeHolder } from '../../../src-main/os/ports.ts'
import { startProcessCrossPlatform } from '../../../src-main/os/spawn.ts'
import { freePort, listen } from '../../support/ports.ts'
import { cleanUpProcesses, endLater, waitUntilGone } from '../../support/processes.ts'
import { waitFor } from '../../support/wait-for.ts'

cleanUpProcesses()

/** Whether a connection to this port is over, but its address is not free yet (state 06, TIME_WAIT). Linux only. */
function hasEndedConnection(port: number): boolean {
  const address = port.toString(16).toUpperCase().padStart(4, '0')
  return new RegExp(`^ *\\d+: [0-9A-F]{8}:${address} \\S+ 06 `, 'm').test(readFileSync('/proc/net/tcp', 'utf8'))
}

describe('checkPort', () => {
  it('sees a listener on all addresses', async () => {
    const port = await freePort()
    await listen('0.0.0.0', port)
    expect(await checkPort('127.0.0.1', port)).toMatchObject({ reason: 'taken', holder: { pid: process.pid } })
    expect(await checkPort('0.0.0.0', port)).toMatchObject({ reason: 'taken' })
  })

  // As whisper-server does: it lets its own kind share its port, and so no other program listens there for a minute.
  it.runIf(process.platform === 'linux')('finds a port free that only an ended connection still holds', async () => {
    const port = await freePort()
    const script =
      'import socket, sys; s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); s.accept()[0].close()'
    const { pid } = await startProcessCrossPlatform({ command: ['python3', '-c', script, String(port)] })
    endLater(pid)
    await waitFor(async () => !(await checkPort('127.0.0.1', port)).free, { what: 'the listener' })
    const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    // The one that closes first is the one that keeps the connection's address.
    await new Promise((resolve) => client.once('end', resolve).resume())
    client.end()
    await waitUntilGone(pid)
    await waitFor(() => hasEndedConnection(port), { what: 'the end of the connection' })
    expect(await checkPort('127.0.0.1', port)).toEqual({ free: true })
  })

  it.runIf(process.platform === 'linux')('says that a port is forbidden to ordinary users', async () => {
    const isRoot = process.getuid?.() === 0
    if (isRoot) process.seteuid?.(65533)
    try {
      expect(await checkPort('127.0.0.1', 1)).toEqual({ free: false, reason: 'forbidden' })
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  })

  it('admits that it does not know who holds a port', () => {
    expect(describeHolder({ port: 1, pid: null, name: null })).toContain('does not say which')
    expect(describeHolder({ port: 1, pid: 7, name: null })).toBe('a program (pid 7)')
  })
})
