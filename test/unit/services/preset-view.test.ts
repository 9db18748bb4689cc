import { describe, expect, it } from 'vitest'
import type { ModelsApi } from '../../../src-main/services/models/models-api.ts'
import { presetView, presetViews } from '../../../src-main/services/preset-view.ts'
import type { Preset } from '../../../src-main/services/presets/preset.ts'
import { presets } from '../../../src-main/services/presets/presets.ts'
import type { PresetView } from '../../../src-preload/contract/setup-view.ts'

const custom = presets.custom as Preset
const view = (change: Partial<Preset>, platform: NodeJS.Platform = 'linux'): PresetView =>
  presetView({ ...custom, ...change }, platform)

it('shows every preset, in their order', () => {
  const views: readonly PresetView[] = presetViews(presets)
  expect(views.map(({ id }) => id)).toEqual(Object.keys(presets))
})

it('fills in what a preset leaves out', () => {
  const option = { id: 'a', label: 'A', help: 'B.', kind: 'switch' } as const
  expect(view({ options: [option] })).toMatchObject({
    onlyHost: null,
    needs: { binName: null, cwd: null },
    control: 'process',
    options: [{ ...option, placeholder: '', isRequired: false, args: [], env: {} }],
  })
  expect(view({ needs: { binName: 'the Python' }, onlyHost: '127.0.0.1' })).toMatchObject({
    onlyHost: '127.0.0.1',
    needs: { binName: 'the Python', cwd: null },
  })
})

it('knows a program per platform', () => {
  const binNames = { win32: ['x'], darwin: [], other: [] }
  expect(view({ binNames }, 'win32').hasProgram).toBe(true)
  expect(view({ binNames }, 'darwin').hasProgram).toBe(false)
  expect(
    presetViews(presets, 'linux')
      .filter(({ hasProgram }) => !hasProgram)
      .map(({ id }) => id),
  ).toEqual(expect.arrayContaining(['sglang', 'comfyui', 'textgen', 'custom']))
})

describe('what can be done with models', () => {
  const list: ModelsApi['list'] = async () => []
  const act = async () => undefined
  it.each<[ModelsApi | null, PresetView['models']]>([
    [null, { canList: false, canLoad: false, canUnload: false }],
    [{ list }, { canList: true, canLoad: false, canUnload: false }],
    [
      { list, unload: act },
      { canList: true, canLoad: false, canUnload: true },
    ],
    [
      { list, load: act, unload: act },
      { canList: true, canLoad: true, canUnload: true },
    ],
  ])('follows from the preset', (models, expected) => {
    expect(view({ models }).models).toEqual(expected)
  })
})

it('can be tried where there is an API for it, and a custom program perhaps', () => {
  expect(view({ openAiPath: null }).canTry).toBe(false)
  expect(view({ openAiPath: '/v1' }).canTry).toBe(true)
  expect(view({}).canTry).toBe(true)
})

it('is started by commands where it cannot be owned', () => {
  const control = { start: ['s'], status: ['t'], statusFields: { running: 'running', port: 'port' }, stop: ['p'] }
  expect(view({ control }).control).toBe('commands')
})

it('holds nothing that a window could not be sent', () => {
  for (const each of presetViews(presets)) expect(structuredClone(each)).toEqual(each)
})
