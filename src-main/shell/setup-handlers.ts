import { BrowserWindow, dialog } from 'electron'
import type { EntryView, StoredEntry as StoredEntryView } from '../../src-preload/contract/setup-view.ts'
import type { Failure } from '../core/failure.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import type { ConfigStore } from '../services/config-store.ts'
import { ConfigEdits, type StoredEntry } from '../services/edit/config-edits.ts'
import type { EditResult } from '../services/edit/edit-result.ts'
import { suggestEntry } from '../services/edit/suggest-entry.ts'
import type { Program } from '../services/find-binary.ts'
import { presets } from '../services/presets/presets.ts'
import type { SecretStore } from '../services/secret-store.ts'
import { checkEntry } from './entry-check.ts'
import { type Handlers, okReply, problemReply } from './ipc-dispatch.ts'

export interface SetupHandlerContext {
  readonly manager: Pick<ProcessManager, 'stopProcess' | 'serviceOfProcess'>
  readonly config: ConfigStore
  readonly secrets: SecretStore
  /** Programs that are part of the app, by their binName. */
  readonly builtIn: Readonly<Record<string, Program>>
  /** Before it settles services.json is not read yet. */
  readonly ready: Promise<void>
  readonly warn: (message: string) => void
}

type SetupHandlers = Pick<
  Handlers,
  'setup.suggest' | 'setup.check' | 'setup.choosePath' | 'secrets.info' | Extract<keyof Handlers, `config.${string}`>
>

/** Carries out what a window asks for to set services up. */
export function createSetupHandlers(context: SetupHandlerContext): SetupHandlers {
  const { manager, config, secrets, builtIn, ready, warn } = context
  const edits = new ConfigEdits({ store: config, secrets, stop: (key) => stopService(manager, key), warn })
  const editing = async () => {
    await ready
    return edits
  }
  return {
    'setup.suggest': async ({ preset }) => {
      await ready
      const known = Object.hasOwn(presets, preset) ? presets[preset] : undefined
      if (known === undefined) {
        return problemReply({ code: 'unknown-preset', message: `There is no preset "${preset}".`, hint: '' })
      }
      return okReply({ entry: asView(await suggestEntry(known, config.state)) })
    },
    'setup.check': async ({ entry, replaces }) => {
      await ready
      const storage = await secrets.info()
      const serviceOfProcess = (pid: number) => manager.serviceOfProcess(pid)
      return okReply(await checkEntry(entry, replaces, config.state, { presets, builtIn, serviceOfProcess, storage }))
    },
    'setup.choosePath': async ({ kind }) => okReply(await choosePath(kind)),
    'secrets.info': async () => okReply(await secrets.info()),
    'config.entry': async ({ key }) => storedReply(await (await editing()).entry(key)),
    'config.add': async ({ entry, secrets: changes }) => storedReply(await (await editing()).add(entry, changes)),
    'config.change': async ({ key, revision, entry, secrets: changes }) =>
      storedReply(await (await editing()).change(key, revision, entry, changes)),
    'config.duplicate': async ({ key }) => storedReply(await (await editing()).duplicate(key)),
    'config.move': async ({ key, before }) => replyTo(await (await editing()).move(key, before)),
    'config.delete': async ({ key }) => replyTo(await (await editing()).delete(key)),
    'config.undoDelete': async ({ undo }) => replyTo(await (await editing()).undoDelete(undo)),
  }
}

/** Nothing of ours runs where there is no such service (yet), or where a foreign server answers on its port. */
const NOTHING_RUNS: ReadonlySet<string> = new Set(['unknown-service', 'external'])

async function stopService(manager: SetupHandlerContext['manager'], key: string): Promise<Failure | null> {
  const { success, message, failure } = await manager.stopProcess(key)
  if (success || (failure !== undefined && NOTHING_RUNS.has(failure.code))) return null
  return failure ?? { code: 'not-stopped', message, hint: 'Stop it first.' }
}

function replyTo<T>(result: EditResult<T>) {
  return result.ok ? okReply(result.value) : problemReply(result.failure)
}

function storedReply(result: EditResult<StoredEntry>) {
  const asStored = ({ entry, ...rest }: StoredEntry): StoredEntryView => ({ ...rest, entry: asView(entry) })
  return result.ok ? okReply(asStored(result.value)) : problemReply(result.failure)
}

/** It has been checked against the schema of the file, which is what the view describes. */
const asView = (entry: object) => entry as EntryView

const MODEL_FILES = { name: 'Models', extensions: ['gguf', 'ggml', 'bin', 'safetensors'] }
const ALL_FILES = { name: 'All files', extensions: ['*'] }

// Hidden folders are shown, since environments of Python and models often lie in one.
const dialogs: Readonly<Record<'program' | 'folder' | 'model' | 'file', Electron.OpenDialogOptions>> = {
  // The Python of an environment is a link, and would not be the same through what it leads to.
  program: { title: 'Choose the program', properties: ['openFile', 'showHiddenFiles', 'noResolveAliases'] },
  folder: { title: 'Choose the folder', properties: ['openDirectory', 'showHiddenFiles', 'createDirectory'] },
  model: {
    title: 'Choose the model',
    properties: ['openFile', 'showHiddenFiles'],
    filters: [MODEL_FILES, ALL_FILES],
  },
  file: { title: 'Choose the file', properties: ['openFile', 'showHiddenFiles'] },
}

/** Null if the person changed their mind. */
async function choosePath(kind: keyof typeof dialogs): Promise<string | null> {
  const parent = BrowserWindow.getFocusedWindow()
  const options = dialogs[kind]
  const asked = parent === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(parent, options)
  const { canceled, filePaths } = await asked
  return canceled ? null : (filePaths[0] ?? null)
}
