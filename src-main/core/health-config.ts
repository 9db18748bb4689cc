import { z } from 'zod'

/** How a service is probed, as services.json has it and as the manager knows it. */

const seconds = (description: string, minimum: number) => z.number().min(minimum).max(86_400).meta({ description })
const threshold = (description: string) => z.int().min(1).max(100).meta({ description })
const argument = z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL character')

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}

// No defaults here: what an entry leaves out comes from its preset, then from `defaultHealth`.
const probe = {
  type: z.enum(['http', 'tcp', 'command', 'log', 'none']).meta({ description: 'How the service is probed.' }),
  path: z
    .string()
    .regex(/^\/[^\s#]*$/, 'must start with "/"')
    .meta({ description: 'Path of the HTTP probe, on the service’s own host and port.' }),
  expectBody: z.string().min(1).max(1000).meta({
    description: 'Text that the body of the HTTP answer has to hold, to tell a server from one that imitates it.',
  }),
  command: z.array(argument).meta({
    description: 'Program and arguments; exit code 0 is ok. {host} and {port} are replaced. No shell is involved.',
  }),
  logText: z.string().min(1).max(1000).meta({ description: 'A line of this run’s output that holds it means ok.' }),
  logPattern: z
    .string()
    .min(1)
    .max(1000)
    .refine(isRegularExpression, 'must be a regular expression of JavaScript')
    .meta({ description: 'A line of this run’s output that matches it means ok.' }),
  intervalSeconds: seconds(
    'Time between two probes. Left out, a service that is fine is probed less often while no window is open.',
    0.1,
  ),
  timeoutSeconds: seconds('Longest wait for one answer.', 0.1),
}

const readiness = z
  .strictObject({
    ...probe,
    successThreshold: threshold('Good answers in a row before the service counts as started.'),
  })
  .partial()
  .meta({ description: 'Another probe, used until the service has started. Left out: the same probe for both.' })

/** The key "health" of a service. */
export const healthSchema = z
  .strictObject({
    ...probe,
    startGraceSeconds: seconds('How long the service may be loading before a failed probe counts.', 0),
    failureThreshold: threshold('Failed probes in a row before a service that was ok counts as failing.'),
    successThreshold: threshold('Good answers in a row before a service that was failing counts as ok again.'),
    unavailable: z.enum(['loading', 'failing']).meta({
      description: 'What HTTP 503 means once the service has been ok. Before that it means loading.',
    }),
    onFailure: z.enum(['none', 'restart']).meta({
      description: 'What follows when a service that was ok is failing. A restart obeys the restart policy.',
    }),
    readiness,
  })
  .partial()
  .meta({ description: 'Health probe. What is left out comes from the preset.' })

/** "health" as a person or a preset writes it. */
export type HealthEntry = z.output<typeof healthSchema>
/** "readiness" in it. */
export type ReadinessEntry = z.output<typeof readiness>

/** One probe, ready to use. Null is what does not belong to its type. */
export interface ProbeConfig {
  readonly type: 'http' | 'tcp' | 'command' | 'log' | 'none'
  readonly path: string
  readonly expectBody: string | null
  readonly command: readonly string[] | null
  readonly logText: string | null
  readonly logPattern: string | null
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly successThreshold: number
}

/** The probe for liveness with all around it; it is that for readiness too, unless there is another. */
export interface HealthConfig extends ProbeConfig {
  /** Instead of `intervalSeconds`, for a service that is fine while nobody looks. */
  readonly unwatchedIntervalSeconds: number
  readonly startGraceSeconds: number
  readonly failureThreshold: number
  readonly unavailable: 'loading' | 'failing'
  readonly onFailure: 'none' | 'restart'
  readonly readiness: ProbeConfig | null
}

/** Used where neither the entry nor its preset says otherwise. Ten minutes: a model may take that long to load. */
export const defaultHealth: HealthConfig = {
  type: 'tcp',
  path: '/',
  expectBody: null,
  command: null,
  logText: null,
  logPattern: null,
  intervalSeconds: 10,
  unwatchedIntervalSeconds: 30,
  timeoutSeconds: 3,
  startGraceSeconds: 600,
  failureThreshold: 3,
  successThreshold: 2,
  unavailable: 'failing',
  onFailure: 'none',
  readiness: null,
}
