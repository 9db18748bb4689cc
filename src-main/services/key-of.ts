import type { ConfigState } from './config-state.ts'
import type { SecretStore } from './secret-store.ts'

/** What a variable of a service is found in. */
export interface VariableSources {
  readonly config: { readonly state: ConfigState }
  readonly secrets: Pick<SecretStore, 'valuesOf'>
}

/**
 * The value that a service gets for a variable, such as its API key: from its environment or from the safe storage. Null
 * if it has none, or if it cannot be decrypted. For requests to the service itself; never to be shown or logged.
 */
export async function keyOf(
  { config, secrets }: VariableSources,
  key: string,
  variable: string,
): Promise<string | null> {
  const service = config.state.definitions.find((definition) => definition.key === key)
  if (service === undefined) return null
  const plain = Object.hasOwn(service.env, variable) ? service.env[variable] : undefined
  if (plain !== undefined) return plain === '' ? null : plain
  if (service.secrets?.includes(variable) !== true) return null
  const found = await secrets.valuesOf(key, [variable])
  return found.ok ? (found.values[variable] ?? null) : null
}
