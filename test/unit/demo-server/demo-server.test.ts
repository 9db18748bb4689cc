import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runDemoServer } from '../../../src-main/demo-server/demo-server.ts'

function sink() {
  const lines: string[] = []
  return { lines, write: (text: string) => lines.push(text) > 0, once: () => undefined }
}

function run(argv: readonly string[], stop: AbortSignal) {
  const [stdout, stderr] = [sink(), sink()]
  const code = runDemoServer(['--port', '0', ...argv], {
    stdout,
    stderr,
    selfCommand: { command: process.execPath, args: [] },
    textPath: fileURLToPath(new URL('../../../assets/demo/text.txt', import.meta.url)),
    stop,
  })
  return { code, stdout: stdout.lines, stderr: stderr.lines }
}

it('stops when its host asks, also if it asked too early, and leaves no signal handler behind', async () => {
  const before = process.listenerCount('SIGTERM')
  const stop = new AbortController()
  const server = run([], stop.signal)
  stop.abort()
  expect(await server.code).toBe(0)
  expect(server.stdout.join('')).toMatch(/stopping: request to stop\n.*stopped\n$/)
  expect(await run([], AbortSignal.abort()).code).toBe(0)
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

it('ignores its host as well if told to', async () => {
  const server = run(['--ignore-sigterm', '--crash-after-ms', '50', '--exit-code', '9'], AbortSignal.abort())
  expect(await server.code).toBe(9)
  expect(server.stderr.join('')).toContain('WARN request to stop ignored, as --ignore-sigterm says')
})
