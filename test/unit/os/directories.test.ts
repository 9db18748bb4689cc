import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import {
  type DirectorySource,
  getConfigDir,
  getLogDir,
  getPlatform,
  getRunDir,
} from '../../../src-main/os/directories.ts'

const all = (source: DirectorySource) => [getRunDir(source), getLogDir(source), getConfigDir(source)]

describe('the directories', () => {
  it.each(['linux', 'darwin'] as const)('are below the home on %s', (platform) => {
    const source = { platform, env: { APPDATA: 'C:\\Ignored' }, home: '/home/ann' }
    expect(all(source)).toEqual(['/home/ann/.agentos/run', '/home/ann/.agentos/log', '/home/ann/.agentos/config'])
  })

  it('are below APPDATA on Windows, or where that usually is', () => {
    const home = 'C:\\Users\\Ann'
    expect(all({ platform: 'win32', env: { APPDATA: 'D:\\Roaming' }, home })).toEqual([
      'D:\\Roaming\\agentos\\run',
      'D:\\Roaming\\agentos\\log',
      'D:\\Roaming\\agentos\\config',
    ])
    for (const env of [{}, { APPDATA: '' }]) {
      expect(getRunDir({ platform: 'win32', env, home })).toBe('C:\\Users\\Ann\\AppData\\Roaming\\agentos\\run')
    }
  })

  it('are below AGENTOS_HOME wherever that is set', () => {
    const env = { AGENTOS_HOME: '/srv/agentos/../a', APPDATA: 'C:\\x' }
    expect(getLogDir({ platform: 'linux', env, home: '/home/ann' })).toBe('/srv/a/log')
    expect(getLogDir({ platform: 'win32', env: { AGENTOS_HOME: 'E:\\a' }, home: 'C:\\' })).toBe('E:\\a\\log')
    expect(getLogDir({ platform: 'linux', env: { AGENTOS_HOME: '' }, home: '/home/ann' })).toBe(
      '/home/ann/.agentos/log',
    )
  })

  it.each([
    ['linux', 'agentos'],
    ['linux', './agentos'],
    ['linux', '~/agentos'],
    ['linux', 'C:\\agentos'],
    ['win32', 'agentos'],
    ['win32', 'C:agentos'],
  ] as const)('do not follow a relative AGENTOS_HOME on %s: %s', (platform, home) => {
    expect(() => getRunDir({ platform, env: { AGENTOS_HOME: home }, home: '/home/ann' })).toThrow(
      `expected an absolute path in AGENTOS_HOME, got "${home}"`,
    )
  })

  it('come from this process’s own environment by default', () => {
    vi.stubEnv('AGENTOS_HOME', '/tmp/agentos-somewhere')
    expect(getConfigDir()).toBe(join('/tmp/agentos-somewhere', 'config'))
    vi.stubEnv('AGENTOS_HOME', undefined)
    expect(getRunDir()).toContain(homedir())
  })
})

describe('getPlatform', () => {
  it('names the three systems as AgentOS does and refuses others', () => {
    expect((['linux', 'darwin', 'win32'] as const).map(getPlatform)).toEqual(['linux', 'macos', 'windows'])
    expect(() => getPlatform('freebsd')).toThrow('got freebsd')
  })
})
