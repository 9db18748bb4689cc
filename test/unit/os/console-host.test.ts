import { expect, it } from 'vitest'
import { isConsoleHost } from '../../../src-main/os/processes/console-host.ts'

it('only Windows has a host for each console, whatever the case of its name', () => {
  expect(isConsoleHost({ name: 'conhost.exe' }, 'win32')).toBe(true)
  expect(isConsoleHost({ name: 'ConHost.exe' }, 'win32')).toBe(true)
  expect(isConsoleHost({ name: 'host.exe' }, 'win32')).toBe(false)
  expect(isConsoleHost({ name: 'conhost.exe' }, 'linux')).toBe(false)
})
