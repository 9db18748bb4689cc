import { expect, it } from 'vitest'
import { presets } from '../../../src-main/services/presets/presets.ts'
import { createDetectionHandlers, keyOnPort } from '../../../src-main/shell/detection-handlers.ts'
import type { Page } from '../../../src-main/shell/page.ts'
import type { DetectionView } from '../../../src-preload/contract/setup-view.ts'

const page = {} as Page

function handlers() {
  const asked: boolean[] = []
  const detection: DetectionView = { installed: [], running: [], at: 7 }
  const detector = {
    get: async ({ refresh }: { readonly refresh: boolean }) => {
      asked.push(refresh)
      return detection
    },
  }
  return { asked, detection, ...createDetectionHandlers({ presets, detector }) }
}

it('lists the presets', async () => {
  const reply = await handlers()['presets.list']({}, page)
  expect(reply).toMatchObject({ ok: true })
  expect(reply.ok ? reply.value.map(({ id }) => id) : []).toEqual(Object.keys(presets))
})

it('passes on whether to look again', async () => {
  const { asked, detection, ...handle } = handlers()
  expect(await handle['detection.get']({ refresh: false }, page)).toEqual({ ok: true, value: detection })
  await handle['detection.get']({ refresh: true }, page)
  expect(asked).toEqual([false, true])
})

it('knows the service on a port only if it is ours and runs', () => {
  const service = { key: 'a:b', port: 1234 }
  const keyFor = (status: 'running' | 'starting' | 'stopping' | 'external' | 'stopped' | 'failed' | 'backoff') =>
    keyOnPort([{ ...service, status }], 1234)
  expect((['running', 'starting', 'stopping'] as const).map(keyFor)).toEqual(['a:b', 'a:b', 'a:b'])
  expect((['external', 'stopped', 'failed', 'backoff'] as const).map(keyFor)).toEqual([null, null, null, null])
  expect(keyOnPort([{ ...service, status: 'running' }], 1235)).toBeNull()
})
