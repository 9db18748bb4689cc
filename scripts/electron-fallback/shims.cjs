/**
 * What libraries of today expect and the fallback Electron's Node 18.15 lacks: the language's newer built-ins from
 * core-js, and the few functions of Node's own below. Product code must not rely on this file.
 */
'use strict'

require('./core-js.cjs')

const events = require('node:events')
const { isBuiltin } = require('node:module')
const stream = require('node:stream')
const util = require('node:util')

stream.getDefaultHighWaterMark ??= (objectMode) => (objectMode ? 16 : 16 * 1024)
process.getBuiltinModule ??= (id) => (isBuiltin(id) ? require(id) : undefined)
util.styleText ??= (_format, text) => text

events.addAbortListener ??= (signal, listener) => {
  if (signal.aborted) queueMicrotask(() => listener())
  else signal.addEventListener('abort', listener, { once: true })
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) }
}

util.aborted ??= (signal) =>
  new Promise((resolve) => {
    events.addAbortListener(signal, resolve)
  })

AbortSignal.any ??= (signals) => {
  const controller = new AbortController()
  const done = signals.find((signal) => signal.aborted)
  if (done) controller.abort(done.reason)
  for (const signal of done ? [] : signals) {
    signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true, signal: controller.signal })
  }
  return controller.signal
}
