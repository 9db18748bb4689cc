import { expect, test } from 'vitest'
import { isTrayAvailable, type StatusNotifierHost } from '../../../src-main/shell/tray/tray-availability.ts'

function onLinux(env: NodeJS.ProcessEnv, ...answers: StatusNotifierHost[]) {
  const askForHost = () => Promise.resolve(answers.shift() ?? 'absent')
  return { platform: 'linux', env, askForHost } as const
}

test.each(['darwin', 'win32'] as const)('%s always has a tray', async (platform) => {
  expect(await isTrayAvailable({ platform, env: {}, askForHost: () => Promise.reject(new Error('asked')) })).toBe(true)
})

test.each<[StatusNotifierHost, NodeJS.ProcessEnv, boolean]>([
  ['present', {}, true],
  ['present', { XDG_SESSION_TYPE: 'wayland', XDG_CURRENT_DESKTOP: 'KDE' }, true],
  ['absent', {}, false],
  ['unknown', {}, false],
  ['absent', { XDG_SESSION_TYPE: 'x11', XDG_CURRENT_DESKTOP: 'XFCE' }, true],
  ['unknown', { XDG_CURRENT_DESKTOP: 'i3' }, true],
  ['absent', { XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' }, false],
  ['absent', { XDG_SESSION_TYPE: 'wayland', XDG_CURRENT_DESKTOP: 'sway' }, false],
  ['absent', { WAYLAND_DISPLAY: 'wayland-0', XDG_CURRENT_DESKTOP: 'sway' }, false],
])('a host that is %s under %j: %s', async (host, env, expected) => {
  expect(await isTrayAvailable(onLinux(env, host))).toBe(expected)
})

test('waits for a panel that comes later', async () => {
  expect(await isTrayAvailable({ ...onLinux({}, 'absent', 'present'), waitMs: 5000 })).toBe(true)
})

test('does not wait for an answer that cannot come', async () => {
  expect(await isTrayAvailable({ ...onLinux({}, 'unknown', 'present'), waitMs: 60_000 })).toBe(false)
})

test('without a session bus nothing is asked and there is no tray', async () => {
  expect(await isTrayAvailable({ platform: 'linux', env: {} })).toBe(false)
})
