import { describe, expect, test } from 'vitest'
import { plainLabel } from '../../../src-main/shell/tray/tray-label.ts'
import {
  type TrayCommand,
  type TrayMenuItem,
  type TraySubmenu,
  trayModel,
} from '../../../src-main/shell/tray/tray-model.ts'
import type { HealthView, ServiceStatus, ServiceView } from '../../../src-preload/contract/service-view.ts'

function service(overrides: Partial<ServiceView> = {}): ServiceView {
  return {
    key: 'demo:main',
    name: 'Demo server',
    preset: 'demo',
    status: 'stopped',
    health: 'unknown',
    healthDetail: null,
    healthSince: null,
    origin: null,
    pid: null,
    holderName: null,
    host: '127.0.0.1',
    port: 8000,
    url: 'http://127.0.0.1:8000',
    startedAt: null,
    commandLine: 'demo --port 8000',
    problem: null,
    retryAt: null,
    lastExit: null,
    removed: false,
    ...overrides,
  }
}

function state(text: string): ServiceView {
  const [status, health = 'unknown'] = text.split('/') as [ServiceStatus, HealthView?]
  return service({ status, health })
}

function submenu(view: ServiceView): TraySubmenu {
  const first = trayModel([view]).menu[0]
  if (first?.type !== 'submenu') throw new Error('expected a submenu first')
  return first
}

function commands(items: readonly TrayMenuItem[]): TrayCommand[] {
  return items.filter((item) => item.type === 'command')
}

function enabledLabels(items: readonly TrayMenuItem[]): string[] {
  return commands(items)
    .filter((item) => item.enabled)
    .map((item) => item.label)
}

describe('icon: the worst state wins', () => {
  test.each([
    [[], 'idle'],
    [['stopped'], 'idle'],
    [['running/ok', 'stopped'], 'ok'],
    [['external/ok'], 'ok'],
    [['starting'], 'starting'],
    [['stopping'], 'starting'],
    [['running/loading'], 'starting'],
    [['running/unknown'], 'starting'],
    [['external/unknown'], 'starting'],
    [['running/ok', 'starting'], 'starting'],
    [['failed'], 'failing'],
    [['backoff'], 'failing'],
    [['running/failing'], 'failing'],
    [['external/failing'], 'failing'],
    [['failed', 'starting', 'running/ok', 'stopped'], 'failing'],
    [['stopped', 'running/ok', 'starting', 'failed'], 'failing'],
  ])('%j is %s', (states, icon) => {
    expect(trayModel(states.map(state)).icon).toBe(icon)
  })
})

describe('tooltip: the counts', () => {
  test.each([
    [[], 'AgentOS Tray: nothing running'],
    [['stopped', 'stopped'], 'AgentOS Tray: nothing running'],
    [['running/ok', 'external/ok', 'failed'], 'AgentOS Tray: 2 running, 1 failing'],
    [['running/ok', 'running/failing', 'backoff'], 'AgentOS Tray: 1 running, 2 failing'],
    [['starting', 'running/loading', 'stopping'], 'AgentOS Tray: 2 starting, 1 stopping'],
    [['running/unknown'], 'AgentOS Tray: 1 running'],
  ])('%j', (states, text) => {
    expect(trayModel(states.map(state)).tooltip).toBe(text)
  })
})

describe('menu', () => {
  test('has one submenu per service, then what concerns all of them', () => {
    const { menu } = trayModel([service(), service({ key: 'demo:two', name: 'Two', status: 'running', health: 'ok' })])
    expect(menu.map((item) => (item.type === 'separator' ? '-' : item.label))).toEqual([
      'Demo server — stopped',
      'Two — running, ok',
      '-',
      'Start all',
      'Stop all',
      '-',
      'Show window',
      'Quit',
    ])
  })

  test('says so when there are no services', () => {
    const { menu } = trayModel([])
    expect(menu[0]).toEqual({ type: 'note', label: 'No services' })
    expect(enabledLabels(menu)).toEqual(['Show window', 'Quit'])
  })

  test('every command of a service carries its key', () => {
    expect(commands(submenu(service()).items).map(({ label, action }) => [label, action])).toEqual([
      ['Start', { name: 'start', key: 'demo:main' }],
      ['Stop', { name: 'stop', key: 'demo:main' }],
      ['Restart', { name: 'restart', key: 'demo:main' }],
      ['Show logs', { name: 'showLogs', key: 'demo:main' }],
      ['Copy URL', { name: 'copyUrl', key: 'demo:main' }],
    ])
  })

  test.each([
    ['stopped', ['Start']],
    ['failed', ['Start']],
    ['starting', ['Stop', 'Restart']],
    ['running/ok', ['Stop', 'Restart']],
    ['running/failing', ['Stop', 'Restart']],
    ['backoff', ['Start', 'Stop', 'Restart']],
    ['stopping', []],
    ['external/ok', []],
  ])('%s allows %j', (text, expected) => {
    expect(enabledLabels(submenu(state(text)).items)).toEqual([...expected, 'Show logs', 'Copy URL'])
  })

  test('a service without a URL has none to copy', () => {
    expect(enabledLabels(submenu(service({ url: null })).items)).not.toContain('Copy URL')
  })

  test('a service that is gone from the configuration can only be stopped', () => {
    expect(enabledLabels(submenu(service({ status: 'running', health: 'ok', removed: true })).items)).toEqual([
      'Stop',
      'Show logs',
      'Copy URL',
    ])
  })

  test('Start all and Stop all are offered when there is something to start or stop', () => {
    expect(enabledLabels(trayModel([state('stopped')]).menu)).toContain('Start all')
    expect(enabledLabels(trayModel([state('stopped')]).menu)).not.toContain('Stop all')
    expect(enabledLabels(trayModel([state('running/ok')]).menu)).toContain('Stop all')
    expect(enabledLabels(trayModel([state('running/ok')]).menu)).not.toContain('Start all')
    expect(enabledLabels(trayModel([state('external/ok')]).menu)).toEqual(['Show window', 'Quit'])
  })
})

describe('labels are untrusted text', () => {
  test('an ampersand stays an ampersand', () => {
    expect(submenu(service({ name: 'Q&A && more' })).label).toBe('Q&&A &&&& more — stopped')
  })

  test('controls, line breaks, bidi overrides and lone surrogates are removed', () => {
    expect(plainLabel('a\u0000b\nc\u202Ed\u2066e\u2028f\u200Fg\ud800h\t\ti')).toBe('a b c d e f g h i')
  })

  test('joined emoji survive', () => {
    expect(plainLabel('👩\u200d💻 box')).toBe('👩\u200d💻 box')
  })

  test('long names are cut between characters', () => {
    const label = plainLabel('🦙'.repeat(100))
    expect(Array.from(label)).toHaveLength(48)
    expect(label.endsWith('🦙…')).toBe(true)
  })

  test('a name with nothing to show gives way to the key', () => {
    expect(submenu(service({ name: '\u202e \n' })).label).toBe('demo:main — stopped')
  })
})

test('equal services give equal models', () => {
  expect(trayModel([state('running/ok')])).toEqual(trayModel([state('running/ok')]))
})
