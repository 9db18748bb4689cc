import { describe, expect, it } from 'vitest'
import { parseLsof, parsePs } from '../../../src-main/os/processes/darwin-commands.ts'
import { parseListeners, parseStat } from '../../../src-main/os/processes/linux.ts'
import { parsePsStates } from '../../../src-main/os/processes/stop-state.ts'
import { parseNetstat, parseProcessLines } from '../../../src-main/os/processes/win32-helpers.ts'

/** A line of /proc/PID/stat as Linux 6 prints it; field 22 is the creation time. */
const stat = (name: string, state = 'S') =>
  `4711 (${name}) ${state} 1 4700 4700 0 -1 4194560 1063 0 12 0 3 1 0 0 20 0 11 0 8675309 1282043904 13370 ` +
  '18446744073709551615 1 1 0 0 0 0 0 4096 134234626 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n'

describe('parseStat', () => {
  it.each(['node', 'tmux: server', 'a) S 1 (b', '((((', 'x) Z 1 1', 'two\nlines', '', ')'])(
    'reads a process named "%s"',
    (name) => {
      expect(parseStat(stat(name))).toEqual({ pid: 4711, parentPid: 1, groupId: 4700, createdAt: '8675309', name })
    },
  )

  it.each(['Z', 'X'])('takes a process in state %s for none', (state) => {
    expect(parseStat(stat('node', state))).toBeNull()
  })

  it.each(['', 'noise', '4711 (node', '4711 (node) S 1 2', 'node) ('])('takes noise for none: "%s"', (text) => {
    expect(parseStat(text)).toBeNull()
  })
})

describe('parseListeners', () => {
  const header =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                       '
  const tcp = [
    header,
    '   0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 35123 1 0000000000000000 100 0 0 10 0',
    '   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21345 1 0000000000000000 100 0 0 10 0',
    '   2: 0100007F:2CAA 0100007F:D0E2 01 00000000:00000000 00:00000000 00000000  1000        0 99999 1 0000000000000000 20 4 30 10 -1',
  ].join('\n')

  it('finds who listens, not who is connected', () => {
    expect(parseListeners(tcp, new Set([0x2caa]))).toEqual(new Map([['35123', 0x2caa]]))
    expect(parseListeners(tcp, new Set([22, 80]))).toEqual(new Map([['21345', 22]]))
  })

  it('reads IPv6 addresses', () => {
    const line =
      '   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 777 1 0000000000000000 100 0 0 10 0'
    expect(parseListeners(`${header}\n${line}\n`, new Set([8080]))).toEqual(new Map([['777', 8080]]))
  })

  it('finds nothing in nothing', () => {
    for (const text of ['', header, `${header}\n\nnoise\n`]) expect(parseListeners(text, new Set([22])).size).toBe(0)
  })
})

describe('parsePs (macOS)', () => {
  it('reads names with spaces and leaves zombies out', () => {
    const text = [
      '    1     0     1 Ss   Mon Nov 23 03:26:16 2026     /sbin/launchd',
      '  501     1   501 S    Tue Dec  1 13:06:01 2026     /Applications/LM Studio.app/Contents/MacOS/LM Studio',
      '  502   501   501 Z    Tue Dec  1 13:06:02 2026     (ollama)',
      ' 4711   501   501 R+   Tue Dec  1 13:06:03 2026     ollama',
      'noise',
      '',
    ].join('\n')
    expect(parsePs(text)).toEqual([
      { pid: 1, parentPid: 0, groupId: 1, createdAt: 'Mon Nov 23 03:26:16 2026', name: 'launchd' },
      { pid: 501, parentPid: 1, groupId: 501, createdAt: 'Tue Dec 1 13:06:01 2026', name: 'LM Studio' },
      { pid: 4711, parentPid: 501, groupId: 501, createdAt: 'Tue Dec 1 13:06:03 2026', name: 'ollama' },
    ])
  })

  it('gives the same creation time whether ps pads the day or not', () => {
    const line = (day: string) => `  501     1   501 S    Tue Dec ${day} 13:06:01 2026     a`
    expect(parsePs(line(' 1'))[0]?.createdAt).toBe(parsePs(line('1'))[0]?.createdAt)
  })
})

describe('parseLsof (macOS)', () => {
  const text = 'p501\ncollama\nf3\nn127.0.0.1:11434\nf4\nn[::1]:11434\np777\ncControl Center\nf9\nn*:7000\n'

  it('names the first holder of each port and family that was asked for', () => {
    expect(parseLsof(text, new Set([11434, 7000, 1]))).toEqual([
      { port: 11434, pid: 501, name: 'ollama', family: 4 },
      { port: 11434, pid: 501, name: 'ollama', family: 6 },
      { port: 7000, pid: 777, name: 'Control Center', family: 4 },
    ])
    expect(parseLsof(text, new Set([7001]))).toEqual([])
    expect(parseLsof('', new Set([7000]))).toEqual([])
  })
})

describe('parseProcessLines (Windows)', () => {
  it('reads what PowerShell prints and leaves out what has no creation time', () => {
    const text =
      '0|0||System Idle Process\r\n4|0|133700000000000000|System\r\n1234|4|133712345678901234|my|odd name.exe\r\n\r\n'
    expect(parseProcessLines(text)).toEqual([
      { pid: 4, parentPid: 0, groupId: 0, createdAt: '133700000000000000', name: 'System' },
      { pid: 1234, parentPid: 4, groupId: 0, createdAt: '133712345678901234', name: 'my|odd name.exe' },
    ])
    expect(parseProcessLines('Get-CimInstance : Access denied')).toEqual([])
  })
})

describe('parseNetstat (Windows)', () => {
  it('finds listeners in any language, by their remote port', () => {
    const text = [
      '',
      'Aktive Verbindungen',
      '',
      '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
      '  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         1040',
      '  TCP    127.0.0.1:11434        0.0.0.0:0              ABHÖREN         4242',
      '  TCP    127.0.0.1:11434        127.0.0.1:50123        HERGESTELLT     4242',
      '  TCP    127.0.0.1:50123        127.0.0.1:11434        HERGESTELLT     5151',
      '  TCP    [::1]:8080             [::]:0                 ABHÖREN         6060',
    ].join('\r\n')
    expect(parseNetstat(text, new Set([11434, 8080, 50123]))).toEqual([
      { port: 11434, pid: 4242, family: 4 },
      { port: 8080, pid: 6060, family: 6 },
    ])
  })
})

describe('parsePsStates', () => {
  it('tells what stands still from what moves and what is gone', () => {
    const states = parsePsStates('  501 S\n 4711 T+\n99999 Z\n    1 Ss\n  502 R\nnoise\n')
    expect([...states]).toEqual([
      [501, 'running'],
      [4711, 'stopped'],
      [99999, 'gone'],
      [1, 'running'],
      [502, 'running'],
    ])
  })
})
