import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, shell } from 'electron'
import type { LogRefusal } from '../logs/log-desk.ts'
import type { ProcessManager } from '../manager/process-manager.ts'
import type { ServiceSnapshot } from '../manager/service-snapshot.ts'
import { type Handlers, okReply, problemReply } from './ipc-dispatch.ts'
import type { LogWindows } from './log-windows.ts'

export interface LogHandlerContext {
  readonly manager: ProcessManager
  readonly logWindows: LogWindows
}

const UNKNOWN_SERVICE = { code: 'unknown-service', message: 'There is no such service any more.', hint: '' }

const refusals: Readonly<Record<LogRefusal, { code: string; message: string; hint: string }>> = {
  'log-changed': {
    code: 'log-changed',
    message: 'The log was cleared, truncated or replaced.',
    hint: 'Open it again.',
  },
  'search-over': { code: 'search-over', message: 'That search has ended.', hint: '' },
  'too-slow': { code: 'too-slow', message: 'The pattern takes too long.', hint: 'Make it simpler.' },
}

type LogHandlers = Pick<Handlers, Extract<keyof Handlers, `logs.${string}`>>

/** Carries out what a window asks of logs. */
export function createLogHandlers({ manager, logWindows }: LogHandlerContext): LogHandlers {
  const find = (key: string) => manager.snapshot().services.find((service) => service.key === key) ?? null
  return {
    'logs.open': async ({ key, view }, { logs }) =>
      find(key) === null ? problemReply(UNKNOWN_SERVICE) : okReply(await logs.open(key, view)),
    'logs.close': ({ key, view }, { logs }) => {
      logs.close(key, view)
      return okReply(null)
    },
    'logs.page': async (range, { logs }) => replyTo(await logs.page(range)),
    'logs.rows': async (picked, { logs }) => replyTo(await logs.rows(picked)),
    'logs.find': async (question, { logs }) => replyTo(await logs.find(question)),
    'logs.search': async ({ key, view, ...pattern }, { logs }) => {
      if (find(key) === null) return problemReply(UNKNOWN_SERVICE)
      const started = await logs.search(key, view, pattern)
      return started.ok ? okReply({ searchId: started.searchId }) : problemReply(started.problem)
    },
    'logs.endSearch': ({ searchId }, { logs }) => {
      logs.endSearch(searchId)
      return okReply(null)
    },
    'logs.ranges': async ({ searchId, texts }, { logs }) => replyTo(await logs.ranges(searchId, texts)),
    'logs.export': async ({ key, ...range }, { logs }) => {
      const service = find(key)
      if (service === null) return problemReply(UNKNOWN_SERVICE)
      const file = await askForFile(service)
      if (file === null) return okReply(null)
      const reply = replyTo(await logs.exportRows({ key, ...range, file }))
      return reply.ok ? okReply({ file, rows: reply.value.rows }) : reply
    },
    'logs.clear': async ({ key }) => {
      const service = find(key)
      if (service === null) return problemReply(UNKNOWN_SERVICE)
      if (!(await confirmClearing(service))) return okReply({ cleared: false })
      await manager.clearLog(key)
      return okReply({ cleared: true })
    },
    'logs.openWindow': ({ key }) => {
      if (find(key) === null) return problemReply(UNKNOWN_SERVICE)
      logWindows.show(key)
      return okReply(null)
    },
    'logs.reveal': async ({ key }) => {
      if (find(key) === null) return problemReply(UNKNOWN_SERVICE)
      const folder = manager.logs.folder(key)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return openPath(folder)
    },
  }
}

function replyTo<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: LogRefusal },
) {
  return result.ok ? okReply(result.value) : problemReply(refusals[result.why])
}

/** Opens a file or folder with the system's own program for it. */
export async function openPath(path: string) {
  const failure = await shell.openPath(path)
  if (failure === '') return okReply(null)
  const hint = `Open ${path} by hand.`
  return problemReply({ code: 'open-failed', message: `The system could not open it: ${failure}`, hint })
}

/** A question in front of the window that asked, or on its own should that be gone. */
export function askInFront(question: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> {
  const parent = BrowserWindow.getFocusedWindow()
  return parent === null ? dialog.showMessageBox(question) : dialog.showMessageBox(parent, question)
}

async function askForFile({ key }: ServiceSnapshot): Promise<string | null> {
  const date = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  const name = `${key.replace(/[^A-Za-z0-9._-]/g, '-')}-${date}.log`
  const options = { title: 'Export log', defaultPath: join(app.getPath('documents'), name) }
  const parent = BrowserWindow.getFocusedWindow()
  const asked = parent === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(parent, options)
  const { canceled, filePath } = await asked
  return canceled || !filePath ? null : filePath
}

async function confirmClearing({ name }: ServiceSnapshot): Promise<boolean> {
  const { response } = await askInFront({
    type: 'warning',
    message: `Clear the log of ${name}?`,
    detail: 'Everything it has printed so far is removed from disk, archives too. This cannot be undone.',
    buttons: ['Clear log', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}
