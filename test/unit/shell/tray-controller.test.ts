import { expect, test } from 'vitest'
import { TrayController, type TrayFactory } from '../../../src-main/shell/tray/tray.ts'
import type { TrayAction, TrayCommand, TrayMenuItem, TrayModel } from '../../../src-main/shell/tray/tray-model.ts'

const stop: TrayCommand = { type: 'command', label: 'Stop', enabled: true, action: { name: 'stop', key: 'demo:main' } }
const calm: TrayModel = { icon: 'ok', tooltip: 'AgentOS Tray: 1 running', menu: [stop] }

/** Stands for Electron: everything it is asked for becomes a line in `calls`. */
function fakeElectron(options: { platform?: NodeJS.Platform; isShownByDesktop?: boolean; fails?: boolean } = {}) {
  const calls: string[] = []
  const errors: unknown[] = []
  const unset = () => undefined
  const shown: { click: () => void; act: (action: TrayAction) => void } = { click: unset, act: unset }
  const factory: TrayFactory<string, readonly TrayMenuItem[]> = {
    loadImage: (icon) => {
      calls.push(`load ${icon}`)
      return `${icon}.png`
    },
    buildMenu: (items, act) => {
      shown.act = act
      return items
    },
    createTray: (image) => {
      if (options.fails) throw new Error('no tray here')
      calls.push(`create ${image}`)
      return {
        setImage: (next) => calls.push(`image ${next}`),
        setToolTip: (text) => calls.push(`tooltip ${text}`),
        setContextMenu: (items) => calls.push(`menu of ${items.length}`),
        on: (_event, listener) => {
          shown.click = listener
        },
        destroy: () => calls.push('destroy'),
      }
    },
  }
  const note = (name: string) => (key?: string) => calls.push(key === undefined ? name : `${name} ${key}`)
  const controller = new TrayController({
    factory,
    platform: options.platform ?? 'linux',
    isShownByDesktop: options.isShownByDesktop ?? true,
    onError: (error) => errors.push(error),
    actions: {
      start: note('start'),
      stop: note('stop'),
      restart: note('restart'),
      showLogs: note('showLogs'),
      copyUrl: note('copyUrl'),
      startAll: note('startAll'),
      stopAll: note('stopAll'),
      showWindow: note('showWindow'),
      quit: note('quit'),
    },
  })
  return { controller, calls, errors, shown, takeCalls: () => calls.splice(0) }
}

test('the first render makes the icon in its state', () => {
  const { controller, calls } = fakeElectron()
  expect(calls).toEqual([])
  controller.render(calm)
  expect(calls).toEqual(['load ok', 'create ok.png', 'menu of 1', 'tooltip AgentOS Tray: 1 running'])
})

test('an equal model changes nothing', () => {
  const { controller, takeCalls } = fakeElectron()
  controller.render(calm)
  takeCalls()
  controller.render(calm)
  controller.render(structuredClone(calm))
  expect(takeCalls()).toEqual([])
})

test('only what differs is set', () => {
  const { controller, takeCalls } = fakeElectron()
  controller.render(calm)
  takeCalls()
  controller.render({ ...calm, tooltip: 'two' })
  expect(takeCalls()).toEqual(['tooltip two'])
  controller.render({ ...calm, tooltip: 'two', menu: [{ ...stop, enabled: false }] })
  expect(takeCalls()).toEqual(['menu of 1'])
  controller.render({ ...calm, tooltip: 'two', menu: [{ ...stop, enabled: false }], icon: 'failing' })
  expect(takeCalls()).toEqual(['load failing', 'image failing.png'])
})

test('each image is loaded once', () => {
  const { controller, takeCalls } = fakeElectron()
  for (const icon of ['ok', 'failing', 'ok', 'failing'] as const) controller.render({ ...calm, icon })
  expect(takeCalls().filter((call) => call.startsWith('load'))).toEqual(['load ok', 'load failing'])
})

test('menu items reach their action', () => {
  const { controller, takeCalls, shown } = fakeElectron()
  controller.render(calm)
  takeCalls()
  for (const name of ['start', 'stop', 'restart', 'showLogs', 'copyUrl'] as const) shown.act({ name, key: 'demo:main' })
  for (const name of ['startAll', 'stopAll', 'showWindow', 'quit'] as const) shown.act({ name })
  expect(takeCalls()).toEqual([
    'start demo:main',
    'stop demo:main',
    'restart demo:main',
    'showLogs demo:main',
    'copyUrl demo:main',
    'startAll',
    'stopAll',
    'showWindow',
    'quit',
  ])
})

test.each([
  ['linux', ['showWindow']],
  ['win32', ['showWindow']],
  ['darwin', []],
] as const)('a click on the icon on %s: %j', (platform, expected) => {
  const { controller, takeCalls, shown } = fakeElectron({ platform })
  controller.render(calm)
  takeCalls()
  shown.click()
  expect(takeCalls()).toEqual(expected)
})

test('after dispose nothing is drawn', () => {
  const { controller, takeCalls } = fakeElectron()
  controller.render(calm)
  takeCalls()
  controller.dispose()
  controller.dispose()
  controller.render({ ...calm, icon: 'failing' })
  expect(takeCalls()).toEqual(['destroy'])
  expect(controller.available).toBe(false)
})

test('is available unless the desktop shows no trays', () => {
  expect(fakeElectron().controller.available).toBe(true)
  expect(fakeElectron({ isShownByDesktop: false }).controller.available).toBe(false)
})

test('a tray that cannot be made is reported once and is not available', () => {
  const { controller, errors } = fakeElectron({ fails: true })
  controller.render(calm)
  controller.render({ ...calm, icon: 'failing' })
  expect(errors).toEqual([new Error('no tray here')])
  expect(controller.available).toBe(false)
})
