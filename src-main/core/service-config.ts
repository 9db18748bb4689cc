import { z } from 'zod'
import type { CommandControl } from './command-control.ts'
import type { Dependency } from './dependencies.ts'
import { type HealthConfig, healthSchema } from './health-config.ts'

/**
 * `services.json`: the one file a person may edit. Every object is strict, so a misspelt key is an error with its place
 * and is never dropped silently. The same schema is published as JSON Schema for editors (docs/services.schema.json).
 */

/** `<server>:<name>`, e.g. `ollama:main`. The colon is percent-encoded in file names. */
export const INSTANCE_KEY_PATTERN = /^[a-z0-9][a-z0-9._-]*:[A-Za-z0-9][A-Za-z0-9._-]*$/

/** A name or an IPv4 address, or an IPv6 address without brackets. */
const HOST_PATTERN =
  /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?)$/

const instanceKey = z
  .string()
  .max(100)
  .regex(INSTANCE_KEY_PATTERN, 'must look like <server>:<name>, for example "ollama:main"')
  .meta({ description: 'Instance key, <server>:<name>. Unique in this file.' })

const seconds = (description: string, minimum: number) => z.number().min(minimum).max(86_400).meta({ description })

const portNumber = z.int().min(1).max(65_535)

const restartPolicy = z
  .strictObject({
    policy: z.enum(['no', 'on-failure', 'always']).default('on-failure').meta({
      description: 'When the service is started again after it ended by itself. A stop by a person always wins.',
    }),
    maxRetries: z.int().min(0).max(1000).default(10).meta({
      description: 'Restarts in a row without a stable run in between, before the service is shown as failed.',
    }),
    initialDelaySeconds: seconds('Delay before the first restart; it doubles with each further one.', 0).default(1),
    maxDelaySeconds: seconds('Longest delay between restarts.', 0).default(60),
    stableAfterSeconds: seconds('A run at least this long resets the count of restarts.', 0).default(60),
  })
  .meta({ description: 'Restart policy.' })

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_()]*$/, 'must be the name of an environment variable')

const environment = z
  .record(
    variableName,
    z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL character'),
  )
  .meta({
    description:
      'Environment variables added to the app’s own. Keys and tokens belong here or into secrets, never into extraArgs.',
  })

const secrets = z.array(variableName.refine((name) => name !== '__proto__', 'is not allowed')).meta({
  description:
    'Names of further environment variables, whose values the app keeps encrypted by the system. Enter them in the window.',
})

const pathOnServer = z.string().regex(/^\/[^\s#]*$/, 'must start with "/"')

const argument = z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL character')

/** A key alone is short for the object. The key itself is checked against the other services of the file. */
const dependency = z.preprocess(
  (value) => (typeof value === 'string' ? { key: value } : value),
  z.strictObject({
    key: z.string().meta({ description: 'Key of another service of this file.' }),
    until: z.enum(['running', 'healthy']).default('healthy').meta({
      description: 'How far it has to have come: its process runs, or its probe is good.',
    }),
  }),
)

const serviceArguments = z.strictObject({
  host: z
    .string()
    .min(1)
    .regex(HOST_PATTERN, 'must be a host name or an IP address, without "http://" and without a port')
    .default('127.0.0.1')
    .meta({ description: 'Address the service listens on.' }),
  port: portNumber.optional().meta({ description: 'Port the service listens on. Left out: the preset’s, or none.' }),
  extraArgs: z.array(argument).default([]).meta({
    description: 'Further arguments. {host} and {port} are replaced. No shell is involved: one argument per entry.',
  }),
})

// What an entry leaves out comes from its preset, then from `defaultStop`.
const stopMethod = z
  .strictObject({
    graceSeconds: seconds('Time between the polite stop and the forced kill.', 0).default(5),
    signal: z
      .enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'])
      .optional()
      .meta({ description: 'The polite signal. Not on Windows.' }),
    secondSignalAfterSeconds: seconds(
      'If it still runs after this time, it gets the polite signal again.',
      0,
    ).optional(),
    command: z.array(argument).min(1).optional().meta({
      description: 'Command that stops the service, instead of the signal. {host} and {port} are replaced. No shell.',
    }),
    http: z
      .strictObject({
        method: z
          .enum(['GET', 'POST', 'PUT', 'DELETE'])
          .default('POST')
          .meta({ description: 'Method of the request.' }),
        path: pathOnServer.meta({ description: 'Path on the service’s own host and port.' }),
      })
      .optional()
      .meta({ description: 'HTTP request that stops the service, instead of the signal.' }),
  })
  .meta({ description: 'How the service is stopped. What is left out comes from the preset.' })

const megabytes = (description: string, minimum: number) => z.number().min(minimum).max(1_000_000).meta({ description })

const logLimits = z
  .strictObject({
    maxFileMegabytes: megabytes('Size at which a log file becomes an archive and a new one is begun.', 0.1).default(
      256,
    ),
    maxTotalMegabytes: megabytes(
      'Disk space for everything the service has printed. Beyond it the oldest archives are removed.',
      0.2,
    ).default(1024),
  })
  .meta({ description: 'How much of what the service prints is kept.' })

export const serviceSchema = z
  .strictObject({
    key: instanceKey,
    name: z.string().min(1).max(100).optional().meta({ description: 'Name shown in the window. Default: the key.' }),
    preset: z.string().min(1).default('custom').meta({ description: 'Known server this service is, or "custom".' }),
    binName: argument
      .min(1)
      .optional()
      .meta({ description: 'Program to run: a name looked up in PATH, or an absolute path. Default: the preset’s.' }),
    args: serviceArguments.prefault({}),
    env: environment.default({}),
    secrets: secrets.default([]),
    cwd: argument.min(1).optional().meta({ description: 'Working directory, absolute. Default: the home directory.' }),
    after: z.array(dependency).default([]).meta({
      description: 'Services that are started first. A key, or {"key": …, "until": "running" or "healthy"}.',
    }),
    autoStart: z.boolean().default(false).meta({ description: 'Start the service when the app starts.' }),
    restart: restartPolicy.prefault({}),
    followsRestart: z.boolean().optional().meta({
      description:
        'The server may restart itself under a new pid: when its process ends, one that it started and that listens on its port takes its place. Default: as the preset says.',
    }),
    health: healthSchema.prefault({}),
    stop: stopMethod.prefault({}),
    log: logLimits.prefault({}),
  })
  .meta({ description: 'A service: what to run, how to probe it, how to restart it.' })

export const servicesFileSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  services: z.array(serviceSchema),
})

/** One entry of services.json with its defaults filled in, before its preset is applied. */
export type ServiceEntry = z.output<typeof serviceSchema>
export type RestartConfig = z.output<typeof restartPolicy>
/** How a service is asked to end, besides the grace period. */
export interface StopConfig {
  readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP'
  /** Null: it gets the polite signal once. */
  readonly secondSignalAfterSeconds: number | null
  /** Runs instead of the signal. Host and port are already in it. */
  readonly command: readonly string[] | null
  /** Is sent instead of the signal. */
  readonly http: { readonly method: string; readonly path: string } | null
}

/** How much of what a service prints is kept on disk. */
export interface LogLimits {
  /** Size at which a file becomes an archive. */
  readonly maxFileBytes: number
  /** Of all files of the service, as they lie on disk. */
  readonly maxTotalBytes: number
}

const MEGABYTE = 1024 * 1024

export function toLogLimits({ maxFileMegabytes, maxTotalMegabytes }: ServiceEntry['log']): LogLimits {
  return { maxFileBytes: maxFileMegabytes * MEGABYTE, maxTotalBytes: maxTotalMegabytes * MEGABYTE }
}

export const defaultLogLimits: LogLimits = toLogLimits(logLimits.parse({}))

export const defaultStop: StopConfig = { signal: 'SIGTERM', secondSignalAfterSeconds: null, command: null, http: null }

/**
 * A service ready to run: its entry with the preset applied. This is what the manager knows; it never sees presets.
 */
export interface ServiceDefinition {
  readonly key: string
  readonly name: string
  readonly preset: string
  /** As configured; resolved to a program at each start. */
  readonly binName: string
  /** Arguments with host and port already in them. */
  readonly args: readonly string[]
  readonly host: string
  readonly port: number | null
  readonly env: Readonly<Record<string, string>>
  /** Further variables; their values are looked up at each start and are in no file in the clear. Default: none. */
  readonly secrets?: readonly string[]
  readonly cwd: string | null
  /** What is started first. */
  readonly after: readonly Dependency[]
  readonly autoStart: boolean
  readonly restart: RestartConfig
  readonly health: HealthConfig
  readonly graceSeconds: number
  /** Default: `defaultStop`. */
  readonly stop?: StopConfig
  /** It may restart itself under a new pid; found by marker and port, so it needs a port. Default: false. */
  readonly followsRestart?: boolean
  /** Default: `defaultLogLimits`. */
  readonly log?: LogLimits
  /** The console event that ends it politely on Windows. Default: `ctrl-break`. */
  readonly windowsStop?: 'ctrl-break' | 'ctrl-c'
  /** Its commands, with host and port already in them, if it is not controlled as a process. It has a port then. */
  readonly control?: CommandControl
}
