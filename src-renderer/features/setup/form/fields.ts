/**
 * The fields of an entry of services.json that are one value each, by their path (docs/services-json.md). `env`, `secrets`
 * and `after` have rows of their own. What is not here is kept as it is when an entry is changed.
 */
export const FIELDS = {
  key: 'text',
  name: 'text',
  preset: 'text',
  binName: 'text',
  cwd: 'text',
  'args.host': 'text',
  'args.port': 'number',
  'args.extraArgs': 'list',
  autoStart: 'flag',
  followsRestart: 'flag',
  'restart.policy': 'text',
  'restart.maxRetries': 'number',
  'restart.initialDelaySeconds': 'number',
  'restart.maxDelaySeconds': 'number',
  'restart.stableAfterSeconds': 'number',
  'health.type': 'text',
  'health.path': 'text',
  'health.expectBody': 'text',
  'health.command': 'list',
  'health.logText': 'text',
  'health.logPattern': 'text',
  'health.intervalSeconds': 'number',
  'health.timeoutSeconds': 'number',
  'health.startGraceSeconds': 'number',
  'health.failureThreshold': 'number',
  'health.successThreshold': 'number',
  'health.unavailable': 'text',
  'health.onFailure': 'text',
  'health.readiness.type': 'text',
  'health.readiness.path': 'text',
  'health.readiness.expectBody': 'text',
  'health.readiness.command': 'list',
  'health.readiness.logText': 'text',
  'health.readiness.logPattern': 'text',
  'health.readiness.intervalSeconds': 'number',
  'health.readiness.timeoutSeconds': 'number',
  'health.readiness.successThreshold': 'number',
  'stop.graceSeconds': 'number',
  'stop.signal': 'text',
  'stop.secondSignalAfterSeconds': 'number',
  'stop.command': 'list',
  'stop.http.path': 'text',
  'stop.http.method': 'text',
  'log.maxFileMegabytes': 'number',
  'log.maxTotalMegabytes': 'number',
} as const

type Kinds = typeof FIELDS

export type FieldId = keyof Kinds
/** A list of arguments. */
export type ListId = { [Id in FieldId]: Kinds[Id] extends 'list' ? Id : never }[FieldId]
/** Held as the text that a person types; a flag as `true`, `false` or nothing. */
export type TextId = Exclude<FieldId, ListId>

export const FIELD_IDS = Object.keys(FIELDS) as readonly FieldId[]

export function isFieldId(id: string): id is FieldId {
  return Object.hasOwn(FIELDS, id)
}

export function isListId(id: FieldId): id is ListId {
  return FIELDS[id] === 'list'
}

export function pathOf(id: FieldId): readonly string[] {
  return id.split('.')
}
