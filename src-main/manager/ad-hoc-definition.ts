import type { Failure } from '../core/failure.ts'
import { INSTANCE_KEY_PATTERN, type ServiceDefinition, serviceSchema } from '../core/service-config.ts'
import { toDefinition } from '../services/definition.ts'
import { presets } from '../services/presets/presets.ts'

export interface StartArguments {
  readonly host?: string
  readonly port?: number
  readonly extraArgs?: readonly string[]
}

/** The definition of a service that is in no file. Its arguments are held to the same rules as those in services.json. */
export function adHocDefinition(
  key: string,
  binName: string,
  args: StartArguments,
): { readonly failure: Failure } | { readonly service: ServiceDefinition } {
  if (!INSTANCE_KEY_PATTERN.test(key)) {
    const message = `Expected an instance key like "ollama:main", got "${key}".`
    return { failure: { code: 'bad-key', message, hint: '' } }
  }
  const entry = serviceSchema.safeParse({ key, binName, args })
  if (!entry.success) {
    const { path, message } = entry.error.issues[0] ?? { path: [], message: 'invalid' }
    return { failure: { code: 'bad-arguments', message: `${path.join('.')}: ${message}`, hint: '' } }
  }
  const result = toDefinition(entry.data, presets)
  if (result.ok) return { service: result.definition }
  const message = result.problems.map((problem) => `${problem.path.join('.')} ${problem.message}`).join('; ')
  return { failure: { code: 'bad-arguments', message, hint: '' } }
}
