import { parentPort, workerData } from 'node:worker_threads'
import { openLogBytes } from '../store/stream-bytes.ts'
import { compilePattern } from './pattern.ts'
import { Pulse } from './pulse.ts'
import type { FromSearchThread, SearchJob, ToSearchThread } from './search-messages.ts'
import { SearchTask } from './search-task.ts'

// The search thread's entry: one search, from the thread's begin to its end.

const port = parentPort
if (port === null) throw new Error('search-worker runs as a worker thread only')
const { folder, pattern, pulse } = workerData as SearchJob
const compiled = compilePattern(pattern)
if (!compiled.ok) throw new Error(compiled.error.message)

const task = new SearchTask({
  matcher: compiled.matcher,
  open: (stream) => openLogBytes(folder, stream),
  pulse: new Pulse(pulse),
  tell: (message: FromSearchThread) => port.postMessage(message),
})

port.on('message', (message: ToSearchThread) => {
  if (message.kind === 'search') task.search(message.spans)
  else task.ranges(message.request, message.texts)
})
