import { stat } from 'node:fs/promises'
import type { EntryCheck, PortCheckView } from '../../src-preload/contract/setup-view.ts'
import type { ServiceDefinition } from '../core/service-config.ts'
import { describeCommand } from '../manager/launch.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import { checkPort, describeHolder, nextFreePort } from '../os/ports.ts'
import type { PortHolder } from '../os/processes/process-table.ts'
import type { Services } from '../services/config-state.ts'
import { addressOf, entryProblems, sketchOf } from '../services/edit/check-entry.ts'
import { portsOf } from '../services/edit/entry-ports.ts'
import { entryWarnings } from '../services/edit/entry-warnings.ts'
import type { JsonEntry } from '../services/edit/file-entries.ts'
import { type Program, type ProgramResult, resolveProgram } from '../services/find-binary.ts'
import type { PresetTable } from '../services/presets/presets.ts'
import type { SecretStorage } from '../services/secret-store.ts'

export interface EntryCheckContext {
  readonly presets: PresetTable
  /** Programs that are part of the app, by their binName. */
  readonly builtIn: Readonly<Record<string, Program>>
  readonly serviceOfProcess: ProcessManager['serviceOfProcess']
  readonly storage: SecretStorage
}

/** Ports below belong to the system on most machines. */
const FIRST_OPEN_PORT = 1024

/**
 * What an entry would do, without doing it: asked again and again while a person types.
 *
 * @param replaces the key of the entry that it replaces; null for a new one
 */
export async function checkEntry(
  entry: JsonEntry,
  replaces: string | null,
  services: Services,
  context: EntryCheckContext,
): Promise<EntryCheck> {
  const { presets, storage } = context
  const sketch = sketchOf(entry, presets)
  const address = addressOf(entry, presets)
  const [found, port, folder] = await Promise.all([
    sketch === null ? null : findProgram(sketch, context),
    address === null ? NO_PORT : checkAddress(address, replaces, services, context),
    folderWarnings(entry),
  ])
  const program = found?.ok === true ? shownProgram(found.program, sketch) : null
  const missing = found?.ok === false ? [`${sentence(found.failure.message)} ${found.failure.hint}`] : []
  const preset =
    typeof entry.preset === 'string' && Object.hasOwn(presets, entry.preset) ? presets[entry.preset] : undefined
  return {
    problems: entryProblems(entry, replaces, services.entries, presets),
    warnings: [...missing, ...folder, ...port.warnings, ...entryWarnings(entry, preset, storage)],
    commandLine: sketch === null ? null : describeCommand({ ...sketch, binName: program ?? sketch.binName }),
    program,
    port: port.view,
  }
}

function findProgram(
  { binName, preset, env }: ServiceDefinition,
  { presets, builtIn }: EntryCheckContext,
): Promise<ProgramResult> {
  return resolveProgram(binName, presets[preset], { builtIn, env: { ...process.env, ...env } })
}

/** A program that is part of the app is a detail of ours; people know it by the name in the entry. */
function shownProgram({ command, args }: Program, sketch: ServiceDefinition | null): string {
  return args.length === 0 || sketch === null ? command : sketch.binName
}

async function folderWarnings({ cwd }: JsonEntry): Promise<string[]> {
  if (typeof cwd !== 'string' || cwd === '' || cwd.includes('\0')) return []
  const isFolder = await stat(cwd).then(
    (info) => info.isDirectory(),
    () => false,
  )
  return isFolder ? [] : [`There is no folder at ${cwd}.`]
}

interface AddressCheck {
  readonly view: PortCheckView | null
  readonly warnings: readonly string[]
}

const NO_PORT: AddressCheck = { view: null, warnings: [] }

async function checkAddress(
  { host, port }: { readonly host: string; readonly port: number },
  replaces: string | null,
  { definitions }: Services,
  context: EntryCheckContext,
): Promise<AddressCheck> {
  const given = portsOf(definitions.filter(({ key }) => key !== replaces))
  const occupied = async (state: PortCheckView['state'], by: string | null, from = port) => {
    const nextFree = await nextFreePort(host, from, new Set(given.keys()))
    return { view: { port, state, by, nextFree }, warnings: [] }
  }
  const free = { port, state: 'free', by: null, nextFree: port } as const
  const other = given.get(port)
  if (other !== undefined) return occupied('ours', `the service ${other.name}`)
  const check = await checkPort(host, port)
  if (check.free) return { view: free, warnings: [] }
  switch (check.reason) {
    case 'forbidden':
      return occupied('forbidden', 'the system: this user may not listen on it', Math.max(port, FIRST_OPEN_PORT - 1))
    case 'no-such-address':
      return { view: free, warnings: [`This machine cannot listen on the address "${host}" at the moment.`] }
    case 'taken': {
      const owner = await ownerOf(check.holder, context)
      // It runs itself: it will have the port again when it is restarted.
      if (owner !== null && owner.key === replaces) return { view: free, warnings: [] }
      if (owner === null) return occupied('taken', describeHolder(check.holder))
      return occupied('ours', `the service ${owner.name} (pid ${check.holder.pid})`)
    }
  }
}

async function ownerOf({ pid }: PortHolder, { serviceOfProcess }: EntryCheckContext) {
  return pid === null ? null : serviceOfProcess(pid)
}

const sentence = (clause: string) => `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}.`
