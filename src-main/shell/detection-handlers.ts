import type { ServiceSnapshot } from '../manager/service-snapshot.ts'
import type { Detector } from '../services/detection/detector.ts'
import { presetViews } from '../services/preset-view.ts'
import type { PresetTable } from '../services/presets/presets.ts'
import { type Handlers, okReply } from './ipc-dispatch.ts'

export interface DetectionHandlerContext {
  readonly presets: PresetTable
  readonly detector: Pick<Detector, 'get'>
}

type DetectionHandlers = Pick<Handlers, 'presets.list' | 'detection.get'>

/** Tells which servers are known, installed and running. */
export function createDetectionHandlers({ presets, detector }: DetectionHandlerContext): DetectionHandlers {
  return {
    'presets.list': () => okReply(presetViews(presets)),
    'detection.get': async ({ refresh }) => okReply(await detector.get({ refresh })),
  }
}

const ours: ReadonlySet<ServiceSnapshot['status']> = new Set(['starting', 'running', 'stopping'])

/** The service of this app whose own server has this port now; null if there is none, or it is somebody else's. */
export function keyOnPort(
  services: readonly Pick<ServiceSnapshot, 'key' | 'port' | 'status'>[],
  port: number,
): string | null {
  return services.find((service) => service.port === port && ours.has(service.status))?.key ?? null
}
