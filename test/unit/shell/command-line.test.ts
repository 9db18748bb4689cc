import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../../src-main/shell/command-line.ts'

describe('parseCommandLine', () => {
  it('leaves alone what is not ours', () => {
    expect(parseCommandLine(['electron', '/app', '--no-sandbox', '--enable-logging'])).toEqual({
      demoServer: null,
      pauseGuard: null,
      hidden: false,
      printEvents: false,
      start: [],
    })
  })

  it('reads our flags in any order', () => {
    const argv = ['electron', '--start=demo:server', '--hidden', '/app', '--print-events', '--start=ollama:main']
    expect(parseCommandLine(argv)).toEqual({
      demoServer: null,
      pauseGuard: null,
      hidden: true,
      printEvents: true,
      start: ['demo:server', 'ollama:main'],
    })
  })

  it('knows whom it is to guard paused processes for', () => {
    const argv = ['electron', '/app', '--agentos-pause-guard=\\\\.\\pipe\\x']
    expect(parseCommandLine(argv).pauseGuard).toBe('\\\\.\\pipe\\x')
  })

  it('gives the demo server everything behind its flag', () => {
    const argv = ['electron', '/app', '--no-sandbox', '--agentos-demo-server', '--port', '11555', '--hidden']
    expect(parseCommandLine(argv).demoServer).toEqual(['--port', '11555', '--hidden'])
  })
})
