import { join } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { logFolderName } from '../store/log-folder.ts'
import { openLogBytes } from '../store/stream-bytes.ts'
import { readTimeline } from '../timeline/timeline-file.ts'
import { LogEngine } from './log-engine.ts'
import type { EngineCall, EngineMessage, LogWorkerData } from './worker-protocol.ts'

// The reader thread (docs/logs.md): a LogEngine whose calls and answers are messages.

function serve(port: MessagePort, { logDir }: LogWorkerData): void {
  const folderOf = (key: string) => join(logDir, logFolderName(key))
  const send = (message: EngineMessage) => port.postMessage(message)
  const engine = new LogEngine({
    openBytes: (key, stream) => openLogBytes(folderOf(key), stream),
    folderOf,
    loadTimeline: (key) => readTimeline(folderOf(key)),
    onChange: (change) => send({ kind: 'change', change }),
  })
  port.on('message', (call: EngineCall) => {
    answer(engine, call).then(
      (value) => send({ kind: 'result', id: call.id, value }),
      (error: unknown) => send({ kind: 'error', id: call.id, ...describe(error) }),
    )
  })
}

function answer(engine: LogEngine, call: EngineCall): Promise<unknown> {
  switch (call.method) {
    case 'open':
      return engine.open(...call.args)
    case 'close':
      return engine.close(...call.args)
    case 'advance':
      return engine.advance(...call.args)
    case 'page':
      return engine.page(...call.args)
    case 'rows':
      return engine.rows(...call.args)
    case 'find':
      return engine.find(...call.args)
    case 'export':
      return engine.export(...call.args)
    case 'spans':
      return engine.spans(...call.args)
    case 'rowsOf':
      return engine.rowsOf(...call.args)
    case 'release':
      return engine.release()
  }
}

function describe(error: unknown): { message: string; code: string | null } {
  if (!(error instanceof Error)) return { message: String(error), code: null }
  return { message: error.message, code: 'code' in error && typeof error.code === 'string' ? error.code : null }
}

if (parentPort === null) throw new Error('log-worker is the entry of a worker thread and nothing else')
serve(parentPort, workerData as LogWorkerData)
