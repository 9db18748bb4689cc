import type { Preset } from '../presets/preset.ts'
import { askPath, type HttpAnswer, type ServerAddress } from './ask-path.ts'
import { fits, mostSpecific, versionIn } from './recognise.ts'

/** What listens on a port, as far as it can be recognised. */
export type PortLook =
  | { readonly kind: 'refused' | 'unknown' }
  | { readonly kind: 'server'; readonly preset: Preset; readonly version: string | null }

export interface LookOptions {
  /** Those that can be recognised. */
  readonly presets: readonly Preset[]
  /** Ids of those that are usual on this port: they are asked for first, to spare a server the other questions. */
  readonly likely: ReadonlySet<string>
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
  const answers = new Map<string, HttpAnswer>()
  const ask = async (path: string) => {
    const asked = await limit(() => askPath(address, path, timeoutMs))
    if (asked.kind === 'answer') answers.set(path, asked)
    return asked.kind
  }
  const [[first, ...early], late] = pathsToAsk(options)
  if (first === undefined) return { kind: 'unknown' }
  const kind = await ask(first)
  if (kind !== 'answer') return { kind: kind === 'refused' ? 'refused' : 'unknown' }
  await Promise.all(early.map(ask))
  let preset = recognised(presets, answers)
  if (preset === null) {
    await Promise.all(late.map(ask))
    preset = recognised(presets, answers)
  }
  if (preset === null) return { kind: 'unknown' }
  const source = preset.identification?.version
  if (source === undefined) return { kind: 'server', preset, version: null }
  if (!answers.has(source.path)) await ask(source.path)
  const answer = answers.get(source.path)
  return { kind: 'server', preset, version: answer === undefined ? null : versionIn(answer, source.field) }
}

function recognised(presets: readonly Preset[], answers: ReadonlyMap<string, HttpAnswer>): Preset | null {
  const fitting = presets.filter(({ identification }) => {
    const answer = identification === null ? undefined : answers.get(identification.path)
    return identification !== null && answer !== undefined && fits(answer, identification)
  })
  return mostSpecific(fitting)
}

/**
 * Paths in two groups, each once. The first group suffices if it tells something: it has those of the likely servers, and
 * of all imitators, so nothing in the second could be more specific.
 */
function pathsToAsk({ presets, likely }: LookOptions): readonly [readonly string[], readonly string[]] {
  const isLikely = ({ id }: Preset) => likely.has(id)
  const imitates = ({ identification }: Preset) => (identification?.imitates ?? []).length > 0
  const early = pathsOf([...presets.filter(isLikely), ...presets.filter(imitates)])
  // At least one, so that a port where nobody answers is left alone.
  const first = early.length === 0 ? pathsOf(presets).slice(0, 1) : early
  return [first, pathsOf(presets).filter((path) => !first.includes(path))]
}

const pathsOf = (presets: readonly Preset[]) => [
  ...new Set(presets.flatMap(({ identification }) => (identification === null ? [] : [identification.path]))),
]
