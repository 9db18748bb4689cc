import { describe, expect, it } from 'vitest'
import { baseUrl, reachableHost } from '../../../src-main/core/address.ts'
import { describeExit, isCleanExit } from '../../../src-main/core/exit.ts'
import { formatCommand, redactCommand } from '../../../src-main/core/redact.ts'
import { exitWith } from '../../support/decision.ts'

describe('an exit', () => {
  it('is clean with code 0 only; death by a signal and an unknown end are not', () => {
    expect(isCleanExit(exitWith(0))).toBe(true)
    for (const exit of [exitWith(1), exitWith(null, 'SIGTERM'), exitWith(null)]) expect(isCleanExit(exit)).toBe(false)
  })

  it('is told in words', () => {
    expect(describeExit(exitWith(3))).toBe('exit code 3')
    expect(describeExit(exitWith(null, 'SIGSEGV'))).toBe('signal SIGSEGV')
    expect(describeExit(exitWith(null))).toBe('an unknown exit code')
  })

  it('has the words of Windows for codes that its programs do not choose themselves', () => {
    expect(describeExit(exitWith(0xc0000005))).toBe('exit code 0xC0000005 (access violation)')
    expect(describeExit(exitWith(0xc000013a))).toBe('exit code 0xC000013A (ended by Ctrl+C or Ctrl+Break)')
    expect(describeExit(exitWith(0xc0999999))).toBe('exit code 0xC0999999')
    expect(describeExit(exitWith(255))).toBe('exit code 255')
    expect(describeExit(exitWith(70_000))).toBe('exit code 70000')
  })
})

describe('an address', () => {
  it.each([
    ['0.0.0.0', 'http://127.0.0.1:80'],
    ['localhost', 'http://127.0.0.1:80'],
    ['LocalHost', 'http://127.0.0.1:80'],
    ['', 'http://127.0.0.1:80'],
    ['*', 'http://127.0.0.1:80'],
    ['::', 'http://[::1]:80'],
    ['[::]', 'http://[::1]:80'],
    ['::1', 'http://[::1]:80'],
    ['[fe80::1]', 'http://[fe80::1]:80'],
    ['192.168.1.5', 'http://192.168.1.5:80'],
    ['nas.local', 'http://nas.local:80'],
  ])('to listen on, "%s", is reached at %s', (host, url) => {
    expect(baseUrl(host, 80)).toBe(url)
    expect(reachableHost(host)).not.toContain('[')
  })
})

describe('a command for people to read', () => {
  it.each([
    ['--api-key', 'x'],
    ['--api_key', 'x'],
    ['--hf-token', 'x'],
    ['--token', 'x'],
    ['--admin-password', 'x'],
    ['-token', 'x'],
    ['--API-KEY', 'x'],
    ['--client-secret', 'x'],
    ['--auth', 'x'],
  ])('hides what follows %s', (option, value) => {
    expect(redactCommand(['server', option, value, 'rest'])).toEqual(['server', option, '•••', 'rest'])
    expect(redactCommand([`${option}=${value}=y`])).toEqual([`${option}=•••`])
  })

  it('hides nothing else', () => {
    const plain = ['server', '--port', '8080', '--model=key.gguf', 'token', 'secret', '--token', '--verbose', 'a=b']
    expect(redactCommand(plain)).toEqual(plain)
  })

  it('shows options about model tokens, which are no secrets', () => {
    const plain = ['--max-tokens', '4096', '--tokenizer=mistral', '--tokenizer-mode', 'auto', '--max-batched-tokens=8']
    expect(redactCommand([...plain, '--token-ms', '30'])).toEqual([...plain, '--token-ms', '30'])
  })

  it('is quoted where an argument would not be seen as one', () => {
    expect(formatCommand(['a', 'b c', '', 'it"s', "d'e", '--x=1'])).toBe(`a "b c" "" "it\\"s" "d'e" --x=1`)
  })
})
