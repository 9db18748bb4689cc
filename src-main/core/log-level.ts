import type { LogLevel } from './log-row.ts'

/** Only so much of a line is looked at, in characters that are shown: a level stands at the beginning. */
const HEAD_LENGTH = 120
/** What is taken of a line for that: the head and the control sequences in it. */
export const LEVEL_BYTES = 400

// CSI and OSC sequences, and the short ones. None of it can match in two ways, so it takes linear time.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what it is for.
const CONTROL_SEQUENCE = /\x1b(?:\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[\x20-\x2f]*[\x30-\x7e]?)/g

/** The text as it is seen, without colours and the like. */
export function withoutControlSequences(text: string): string {
  return text.includes('\x1b') ? text.replace(CONTROL_SEQUENCE, '') : text
}

const NAMES: Readonly<Record<string, LogLevel>> = {
  fatal: 'error',
  critical: 'error',
  crit: 'error',
  panic: 'error',
  dpanic: 'error',
  severe: 'error',
  emerg: 'error',
  alert: 'error',
  error: 'error',
  eror: 'error',
  err: 'error',
  err_: 'error',
  ftl: 'error',
  warning: 'warn',
  warn: 'warn',
  wrn: 'warn',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  success: 'info',
  debug: 'debug',
  dbg: 'debug',
  dbug: 'debug',
  trace: 'debug',
  trc: 'debug',
  verbose: 'debug',
  // pino and bunyan
  60: 'error',
  50: 'error',
  40: 'warn',
  30: 'info',
  20: 'debug',
  10: 'debug',
  // llama.cpp, glog, tornado
  f: 'error',
  e: 'error',
  w: 'warn',
  i: 'info',
  d: 'debug',
}

const UPPER =
  'FATAL|CRITICAL|CRIT|D?PANIC|SEVERE|EMERG|ALERT|ERROR|ERR|FTL|WARNING|WARN|WRN|INFO|INF|INFORMATION|NOTICE|SUCCESS|DEBUG|DBG|TRACE|TRC|VERBOSE'
const ANY_CASE = `(?:${UPPER}|EROR|DBUG)`

/**
 * What a level may follow: times, numbers and whatever stands in brackets, e.g. `2026-11-25T12:00:00.123Z`, `12:00PM`,
 * `(EngineCore pid=7)`, `[api]`, `Nov 25 12:00:00 host app[7]:`. Each part begins with what no other begins with.
 */
const PREFIX =
  '(?:\\d[\\w:.,+/-]*[ \\t|-]+|\\[[^\\]]*\\][ \\t:|-]*|\\([^)]*\\)[ \\t:|-]*|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* +|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)*'

/** Where formats say their level. The first that matches tells, in this order; its group is a name of `NAMES`. */
const FORMATS: readonly RegExp[] = [
  // llama.cpp: `0.00.123.456 I srv  init: ...`, `E llama_model_load: ...`
  /^\d+(?:\.\d+){1,3} ([EWID]) /,
  /^([EW]) (?! )/,
  /^([ID]) +[a-z_]\w*[ :(]/,
  // glog, klog, absl: `E1125 12:00:00.123 7 file.cc:1] ...`
  /^([FEWID])\d{4} \d\d:\d\d:\d\d/,
  // tornado: `[E 12:00:00.000 App] ...`, `[E 251125 ...`, `[W]`
  /^\[([FEWID])(?:\]| \d)/,
  // JSON: `{"level":"error",...}`, `"levelname": "ERROR"`, `"level":50`
  /"(?:level|lvl|severity|levelname|log\.level)" ?: ?"?(\w+)/i,
  // logfmt: `time=... level=ERROR msg=...`
  /(?:^|[ \t])(?:level|lvl|severity)=["']?([a-z]+)/i,
  // vLLM, uvicorn, tracing, zerolog: `ERROR 11-25 ...`, `INFO:     ...`, `2026-11-25T12:00:00Z  WARN ...`, `12:00PM ERR ...`
  new RegExp(`^\\s*${PREFIX}(${UPPER})(?=[ \\t:|\\])-]|$)`),
  // logging, loguru: `2026-11-25 12:00:00,123 - name - ERROR - ...`, `... | ERROR    | ...`
  new RegExp(`[-|] +(${UPPER}) *(?:[-|:]|$)`),
  // `[ERROR] ...`, `[12:00:00] [error] ...`, `[GIN-debug] [WARNING] ...`, `<warn> ...`
  new RegExp(`[[<] *(${ANY_CASE}) *[\\]>]`, 'i'),
  // `error: ...`, `Warning: ...`, `fatal error: ...`, `npm ERR! ...`
  /^\s*(?:fatal |npm )?(error|err|fatal|panic|warning|warn|info|debug)[:!]/i,
  // `main: error: ...`, `file.c:1:2: warning: ...`, `x.py:1: UserWarning: ...`
  /[:)\]] (?:fatal )?(error|fatal|warning)(?::| loading | while )/i,
  /(?:^|[: ])[A-Z][a-z]\w*(Warning): /,
]

/** What says it without a level: exceptions, and the last words of programs that crash. */
const FAILURES = new RegExp(
  [
    // `ValueError: ...`, `torch.cuda.OutOfMemoryError: ...`, `Uncaught TypeError: ...`
    '^\\s*(?:Uncaught |Unhandled )?(?:[A-Za-z_]\\w*\\.)*[A-Z]\\w*(?:Error|Exception)(?: \\[\\w+\\])?(?::|$)',
    '^\\s*(?:Uncaught |Unhandled )?Error(?: \\[\\w+\\])?:',
    'Traceback \\(most recent call last\\)',
    "^thread '[^']*' (?:\\(\\d+\\) )?panicked at",
    '^panic: ',
    '\\b(?:CUDA|HIP|ROCm|cuBLAS|CUBLAS|cuDNN|NCCL|Metal|Vulkan) error\\b',
    '\\b(?:CUDA|HIP) out of memory\\b',
    '\\bcudaMalloc failed\\b',
    '^(?:\\w+: )?GGML_ASSERT\\(',
    '^terminate called (?:after|without)',
    '^Segmentation fault',
    '^Aborted \\(core dumped\\)',
    'Exception during processing',
    '^UnhandledPromiseRejection',
  ].join('|'),
)

/** Whether the line can be an error at all; cheap, to pass over those that cannot. It may err on the side of yes. */
const HINT = /err|eror|fatal|ftl|crit|panic|severe|emerg|alert|traceback|exception|cuda|assert|terminate|segmentation|aborted|unhandled|[56]0|(?:^|[ [])[ef][ \d\]]/i

/** What a line says its level is, in the formats of common model servers and loggers; null if it says nothing. */
export function levelOf(text: string): LogLevel | null {
  const head = withoutControlSequences(text.slice(0, LEVEL_BYTES)).slice(0, HEAD_LENGTH)
  for (const format of FORMATS) {
    const name = format.exec(head)?.[1]
    const level = name === undefined ? undefined : NAMES[name.toLowerCase()]
    if (level !== undefined) return level
  }
  return FAILURES.test(head) ? 'error' : null
}

/** Whether `levelOf` may answer with an error. `head` is the line or its first `LEVEL_BYTES` bytes, also as Latin-1. */
export function mayBeError(head: string): boolean {
  return HINT.test(head)
}
