import { expect, it } from 'vitest'
import { parseDemoArgs } from '../../../src-main/demo-server/args.ts'

it('has defaults that make a plain server on this machine', () => {
  expect(parseDemoArgs([])).toEqual({
    ok: true,
    options: {
      host: '127.0.0.1',
      port: 11_555,
      loadMs: 0,
      crashAfterMs: null,
      exitCode: 1,
      ignoreSigterm: false,
      spawnChildren: 0,
      flood: 0,
      heartbeatMs: 0,
      tokenMs: 15,
      text: null,
      childOf: null,
    },
  })
})

it('reads every option, with a space or with an equals sign', () => {
  const spaced =
    '--host ::1 --port 1 --load-ms 2 --crash-after-ms 0 --exit-code 4 --spawn-children 5 --flood 6 --heartbeat-ms 7 --token-ms 8 --child-of 9 --text /a=b'
  const expected = {
    host: '::1',
    port: 1,
    loadMs: 2,
    crashAfterMs: 0,
    exitCode: 4,
    ignoreSigterm: true,
    spawnChildren: 5,
    flood: 6,
    heartbeatMs: 7,
    tokenMs: 8,
    text: '/a=b',
    childOf: 9,
  }
  expect(parseDemoArgs([...spaced.split(' '), '--ignore-sigterm'])).toEqual({ ok: true, options: expected })
  const equals = spaced.replaceAll(/(--[a-z-]+) /g, '$1=').split(' ')
  expect(parseDemoArgs([...equals, '--ignore-sigterm'])).toEqual({ ok: true, options: expected })
})

it.each([
  [['--prot', '1'], /^unknown option "--prot"; known are --crash-after-ms, --exit-code, .*--token-ms$/],
  [['8080'], /^unknown option "8080"/],
  [['--port'], /^--port needs a value$/],
  [['--port='], /^--port needs a value$/],
  [['--port', '--flood', '1'], /^--port needs a value$/],
  [['--port', '70000'], /^--port: expected a whole number from 0 to 65535, got "70000"$/],
  [['--port', '-1'], /^--port: expected a whole number from 0 to 65535, got "-1"$/],
  [['--port', '1e3'], /^--port: expected a whole number/],
  [['--port', '1', '--port', '2'], /^--port is given twice; keep one$/],
  [['--ignore-sigterm=yes'], /^--ignore-sigterm takes no value, got "yes"$/],
  [['--host', 'http://x'], /^--host: expected a host name or an IP address, got "http:\/\/x"$/],
  [['--exit-code', '3'], /^--exit-code is the exit code of a crash; give --crash-after-ms as well$/],
  [['--constructor', '3'], /^unknown option "--constructor"/],
])('refuses %j', (argv, message) => {
  const parsed = parseDemoArgs(argv)
  expect(parsed).toEqual({ ok: false, message: expect.stringMatching(message) })
})
