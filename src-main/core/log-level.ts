import type { LogLevel } from './log-row.ts'

/** Only so much of a line is looked at, in characters that are shown: a level stands at the beginning. */
const HEAD_LENGTH = 120
/** What is taken of a line for that, in UTF-16 units: the head and the control sequences in it. */
const HEAD_UNITS = 400
/** At most so many bytes of UTF-8 are that. */
export const LEVEL_BYTES = 3 * HEAD_UNITS

const ESC = String.fromCharCode(0x1b)
const BEL = String.fromCharCode(0x07)

// CSI and OSC sequences, and the short ones. None of it can match in two ways, so it takes linear time.
const CONTROL_SEQUENCE = new RegExp(
  [`${ESC}\\[[0-?]*[ -/]*[@-~]?`, `${ESC}\\][^${BEL}${ESC}\\n]*(?:${BEL}|${ESC}\\\\)`, `${ESC}[ -/]*[0-~]?`].join('|'),
  'g',
)

/** The text as it is seen, without colours and the like. */
export function withoutControlSequences(text: string): string {
  return text.includes(ESC) ? text.replace(CONTROL_SEQUENCE, '') : text
}

const NAMES: Readonly<Record<string, LogLevel>> = {
  fatal: 'error',
  critical: 'error',
  crit: 'error',
  panic: 'error',
  dpanic: 'error',
  severe: 'error',
  emerg: 'error',
  error: 'error',
  eror: 'error',
  err: 'error',
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
  'FATAL|CRITICAL|CRIT|D?PANIC|SEVERE|EMERG|ERROR|ERR|FTL|WARNING|WARN|WRN|INFO|INF|INFORMATION|NOTICE|SUCCESS|DEBUG|DBG|TRACE|TRC|VERBOSE'
const ANY_CASE = `(?:${UPPER}|EROR|DBUG)`

/**
 * What a level may follow: times, numbers and whatever stands in brackets, e.g. `2026-11-25T12:00:00.123Z`, `12:00PM`,
 * `(EngineCore pid=7)`, `[api]`, `Nov 25 12:00:00`. Each alternative begins with what no other begins with, and ends at one
 * place only: there is one way to match, which takes linear time.
 */
const PREFIX =
  '(?:\\d[^ \\t]*[ \\t]|\\[[^\\]]*\\]|\\([^)]*\\)|[ \\t|:-]|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )*'

/** Where formats say their level. The first that matches tells, in this order; its group is a name of `NAMES`. */
const FORMATS: readonly RegExp[] = [
  // llama.cpp: `0.00.123.456 I srv  init: ...`, `E llama_model_load: ...`
  /^\d+(?:\.\d+){1,3} ([EWID]) /,
  /^([EW]) /,
  /^([ID]) (?=\w+(?: {2}|:)|\w*_)/,
  // glog, klog, absl: `E1125 12:00:00.123 7 file.cc:1] ...`
  /^([FEWID])\d{4} \d\d:\d\d:\d\d/,
  // tornado: `[E 12:00:00.000 App] ...`, `[E 251125 ...`, `[W]`
  /^\[([FEWID])(?:\]| \d)/,
  // JSON: `{"level":"error",...}`, `"levelname": "ERROR"`, `"level":50`
  /"(?:level|lvl|severity|levelname|log\.level)" ?: ?"?(\w{2,})/i,
  // logfmt: `time=... level=ERROR msg=...`
  /(?:^|[ \t])(?:level|lvl|severity)=["']?([a-z]{2,})/i,
  // vLLM, uvicorn, tracing, zerolog: `ERROR 11-25 ...`, `INFO:     ...`, `2026-11-25T12:00:00Z  WARN ...`, `12:00PM ERR ...`
  new RegExp(`^${PREFIX}(${UPPER})(?=[ \\t:|\\])-]|$)`),
  // logging, loguru: `2026-11-25 12:00:00,123 - name - ERROR - ...`, `... | ERROR    | ...`
  new RegExp(`[-|] +(${UPPER}) *(?:[-|:]|$)`),
  // `[ERROR] ...`, `[12:00:00] [error] ...`, `[GIN-debug] [WARNING] ...`, `<warn> ...`
  new RegExp(`[[<] *(${ANY_CASE}) *[\\]>]`, 'i'),
  // `error: ...`, `Warning: ...`, `fatal error: ...`, `npm ERR! ...`
  /^\s*(?:fatal |npm )?(error|err|fatal|panic|warning|warn|info|debug)[:!]/i,
  /^npm (error|warn)\b/i,
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
    '(?:^|[: ])GGML_ASSERT\\(',
    '^terminate called (?:after|without)',
    '^Segmentation fault',
    '^Aborted \\(core dumped\\)',
    'Exception during processing',
    '^UnhandledPromiseRejection',
  ].join('|'),
)

/** What every error holds, at such places that a search through megabytes is quick. Colours may stand around a letter. */
const HINT = new RegExp(
  [
    'err|eror|fatal|ftl|crit|panic|severe|emerg|traceback|exception|cuda|assert|terminate|segmentation|aborted|unhandled',
    '" ?: ?"?[56]0',
    `(?:^|[\\n[ m])[ef][ \\d\\]${ESC}]`,
  ].join('|'),
  'gi',
)

/** What a line says its level is, in the formats of common model servers and loggers; null if it says nothing. */
export function levelOf(text: string): LogLevel | null {
  const head = withoutControlSequences(text.slice(0, HEAD_UNITS)).slice(0, HEAD_LENGTH)
  for (const format of FORMATS) {
    const name = format.exec(head)?.[1]
    const level = name === undefined ? undefined : NAMES[name.toLowerCase()]
    if (level !== undefined) return level
  }
  return FAILURES.test(head) ? 'error' : null
}

/**
 * Where in a text of many lines, decoded as Latin-1, the next line may be that `levelOf` calls an error: the place of a
 * character in that line, `from` or later; -1 if there is none.
 */
export function nextErrorHint(text: string, from: number): number {
  HINT.lastIndex = from
  return HINT.test(text) ? HINT.lastIndex - 1 : -1
}
