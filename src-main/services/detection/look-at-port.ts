import type { Preset } from '../presets/preset.ts'
import { type Asked, askPath, type HttpAnswer, type ServerAddress } from './ask-path.ts'
import { fits, mostSpecific, versionIn } from './recognise.ts'

/** What listens on a port, as far as it can be recognised. */
export type PortLook =
  | { readonly kind: 'refused' | 'unknown' }
  | { readonly kind: 'server'; readonly preset: Preset; readonly version: string | null }

export interface LookOptions {
  /** Those that can be recognised. */
  readonly presets: readonly Preset[]
  /** Lets a request begin when it is its turn. */
  readonly limit: <T>(task: () => Promise<T>) => Promise<T>
  /** Default: a second. */
  readonly timeoutMs?: number
}

/**
 * Finds out which server listens at an address: by what only it answers, never by its port or its process. Each path is
 * asked for once, whatever number of presets it tells about. A server that does not answer the first one is left alone.
 */
export async function lookAtPort(address: ServerAddress, options: LookOptions): Promise<PortLook> {
  const { presets, limit, timeoutMs } = options
  const ask = (path: string) => limit(() => askPath(address, path, timeoutMs))
  const answers = new Map<string, HttpAnswer>()
  const keep = (path: string, asked: Asked) => {
    if (asked.kind === 'answer') answers.set(path, asked)
  }
  const [first, ...others] = pathsFor(address.port, presets)
  if (first === undefined) return { kind: 'unknown' }
  const asked = await ask(first)
  if (asked.kind !== 'answer') return { kind: asked.kind === 'refused' ? 'refused' : 'unknown' }
  keep(first, asked)
  await Promise.all(others.map(async (path) => keep(path, await ask(path))))

  const fitting = presets.filter(({ identification }) => {
    const answer = identification === null ? undefined : answers.get(identification.path)
    return identification !== null && answer !== undefined && fits(answer, identification)
  })
  const preset = mostSpecific(fitting)
  if (preset === null) return { kind: 'unknown' }
  const source = preset.identification?.version
  if (source === undefined) return { kind: 'server', preset, version: null }
  if (!answers.has(source.path)) keep(source.path, await ask(source.path))
  const answer = answers.get(source.path)
  return { kind: 'server', preset, version: answer === undefined ? null : versionIn(answer, source.field) }
}

/** Each path once, first that of a server which is usual on this port. */
function pathsFor(port: number, presets: readonly Preset[]): readonly string[] {
  const isUsual = ({ defaultPort, otherPorts = [] }: Preset) => defaultPort === port || otherPorts.includes(port)
  const sorted = [...presets.filter(isUsual), ...presets.filter((preset) => !isUsual(preset))]
  return [...new Set(sorted.flatMap(({ identification }) => (identification === null ? [] : [identification.path])))]
}
