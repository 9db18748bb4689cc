import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEVEL_BYTES, levelOf, nextErrorHint, withoutControlSequences } from '../../../src-main/core/log-level.ts'
import type { LogLevel } from '../../../src-main/core/log-row.ts'

const table: Readonly<Record<LogLevel | 'none', readonly string[]>> = {
  error: [
    // llama.cpp
    'E llama_model_load: error loading model: invalid magic',
    '0.01.234.567 E srv    load_model: failed to load model',
    'llama_model_load: error loading model: missing tensor',
    'main: error: unable to load model',
    'llama-server: error: invalid argument: --foo',
    'error: invalid argument: --foo',
    'GGML_ASSERT(n_tokens > 0) failed',
    '/src/ggml.c:1: GGML_ASSERT(x) failed',
    'CUDA error: out of memory',
    'ggml_cuda: CUDA error: an illegal memory access was encountered',
    'ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9.00 MiB on device 0: cudaMalloc failed: out of memory',
    'terminate called after throwing an instance of std::bad_alloc',
    'Segmentation fault (core dumped)',
    'Aborted (core dumped)',
    // Python
    'ERROR:root:it broke',
    'CRITICAL:app:it broke',
    'ERROR:    Exception in ASGI application',
    '2026-11-25 12:00:00,123 - my.logger - ERROR - it broke',
    '2026-11-25 12:00:00,123 ERROR my.logger: it broke',
    '2026-11-25 12:00:00.123 | ERROR    | module:function:12 - it broke',
    'ERROR 11-25 12:00:00 [core.py:396] EngineCore failed to start.',
    '(EngineCore pid=123) ERROR 11-25 12:00:00 [core.py:396] EngineCore failed to start.',
    '(APIServer pid=1) Traceback (most recent call last):',
    'Traceback (most recent call last):',
    '  Traceback (most recent call last):',
    'ValueError: no such thing',
    'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB',
    'KeyboardException',
    '!!! Exception during processing !!! no such node',
    '[E 2026-11-25 12:00:00.000 App] 500 POST /',
    '[E 12:00:00.000 App] 500 POST /',
    // Go
    'time=2026-11-25T12:00:00.000Z level=ERROR source=sched.go:1 msg="it broke"',
    'ts=1 lvl=eror msg="it broke"',
    'panic: runtime error: index out of range [1]',
    'fatal error: all goroutines are asleep - deadlock!',
    'E1125 12:00:00.000000  7 server.cc:12] it broke',
    'F1125 12:00:00.000000  7 server.cc:12] it broke',
    '12:00PM ERR it broke error="why"',
    '2026/11/25 12:00:00 [error] 7#7: *1 it broke',
    // JSON
    '{"level":"error","msg":"it broke"}',
    '{"time":"now","severity": "CRITICAL","message":"it broke"}',
    '{"levelname" : "ERROR", "message": "it broke"}',
    '{"level":50,"time":1,"msg":"it broke"}',
    // Rust
    '2026-11-25T12:00:00.000000Z ERROR router: it broke',
    "thread 'main' panicked at src/main.rs:1:1:",
    "thread 'main' (17) panicked at src/main.rs:1:1:",
    // Node
    'Error: listen EADDRINUSE: address already in use',
    'Error [ERR_MODULE_NOT_FOUND]: Cannot find module',
    'Uncaught TypeError: x is not a function',
    'npm ERR! code ELIFECYCLE',
    'npm error code ELIFECYCLE',
    // Others
    '[ERROR] it broke',
    '[2026-11-25 12:00:00][ERROR] it broke',
    '[12:00:00] [ ERROR ] it broke',
    'Nov 25 12:00:00 [7] FATAL: it broke',
    'file.c:1:2: error: expected a semicolon',
    // In colours
    '\x1b[31mERROR\x1b[0m it broke',
    '\x1b[2m2026-11-25T12:00:00.000Z\x1b[0m \x1b[31mERROR\x1b[0m it broke',
    '\x1b[31mE\x1b[0m \x1b[1msrv\x1b[0m it broke',
    '\x1b[31;1mE it broke',
  ],
  warn: [
    'W llama_context: n_ctx is too large',
    '0.00.123.456 W load: special tokens are missing',
    'WARNING:root:careful',
    'WARNING:  careful',
    'WARNING 11-25 12:00:00 [config.py:1] careful',
    'time=2026-11-25T12:00:00.000Z level=WARN source=x.go:1 msg="error is only in the text"',
    '[GIN-debug] [WARNING] Running in "debug" mode.',
    '/usr/lib/x.py:12: UserWarning: careful',
    '(node:12) Warning: careful',
    '{"level":"warn","msg":"ERROR is only in the text"}',
    'W1125 12:00:00.000000  7 server.cc:12] careful',
    '12:00PM WRN careful',
    '[W 12:00:00.000 App] 404 GET /',
    'warning: careful',
  ],
  info: [
    '0.00.123.456 I srv  update_slots: all slots are idle',
    'I srv    load_model: loading model',
    'INFO:     127.0.0.1:1 - "GET /error HTTP/1.1" 500 Internal Server Error',
    'INFO 11-25 12:00:00 [api_server.py:1] vLLM API server',
    'INFO: 0 errors found',
    '[INFO] no error',
    '2026-11-25T12:00:00.000000Z  INFO router: listening, errors: 0',
    '{"level":30,"msg":"error"}',
    'I1125 12:00:00.000000  7 server.cc:12] fine',
  ],
  debug: ['DEBUG:root:x', 'level=debug msg="error"', '0.00.123.456 D srv  x', '[TRACE] error', '12:00AM DBG x'],
  none: [
    '',
    'hello',
    '0 errors, 0 warnings',
    'Found 0 ERROR lines in the file',
    'finished without error',
    'error rate 0.5 %',
    'the terror of errors',
    'errors: none',
    'EXAMPLE text',
    'Everything is fine',
    'I am a model, and an Error is what I like to talk about.',
    'Words like panic or fatal mean nothing in a sentence.',
    'llama_perf: total time = 50 ms',
    `${'x'.repeat(130)} ERROR: too far from the beginning`,
  ],
}

const lines = Object.entries(table).flatMap(([level, texts]) =>
  texts.map((text) => [text, level === 'none' ? null : (level as LogLevel)] as const),
)

describe('the level of a line', () => {
  it.each(lines)('%j is %s', (text, level) => {
    expect(levelOf(text)).toBe(level)
  })

  it('is looked for only where there is a hint of it', () => {
    for (const text of table.error) expect(nextErrorHint(`fine\n${text}\nfine`, 0), text).toBeGreaterThan(4)
    expect(table.none.filter((text) => nextErrorHint(text, 0) === -1).length).toBeGreaterThan(3)
  })

  it('is the same for a line and for the bytes that are taken of it', () => {
    const noise = fc.string({ unit: fc.constantFrom('€', 'é', '𝄞', 'x', ' ', '\x1b[31m'), maxLength: 900, size: 'max' })
    fc.assert(
      fc.property(noise, fc.constantFrom(...lines), noise, (before, [text], after) => {
        const line = `${before}${text}${after}`
        const taken = Buffer.from(line).subarray(0, LEVEL_BYTES)
        expect(levelOf(taken.toString())).toBe(levelOf(line))
        if (levelOf(line) === 'error') expect(nextErrorHint(taken.toString('latin1'), 0)).not.toBe(-1)
      }),
      { numRuns: 300 },
    )
  })

  it('is found in time that does not explode, whatever the line', () => {
    const units = ['1-', '[a]', '(', '[', '1 ', '- ', 'Jan ', 'a.', 'A.', '\x1b[', '\x1b]', '"level":', 'x: ', '|', ' ']
    for (const unit of units) expect(levelOf(`${unit.repeat(5000)}!`), unit).not.toBe('error')
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...units), { maxLength: 200, size: 'max' }), (parts) => {
        levelOf(parts.join(''))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('text without control sequences', () => {
  it.each([
    ['plain', 'plain'],
    ['\x1b[1;31mred\x1b[0m', 'red'],
    ['\x1b]8;;http://x\x1b\\link\x1b]8;;\x07', 'link'],
    ['a\x1b[2Kb\x1b(Bc\x1b=d', 'abcd'],
    ['\x1b', ''],
  ])('%j is %j', (text, seen) => {
    expect(withoutControlSequences(text)).toBe(seen)
  })
})
