import type { ServiceDefinition } from '../core/service-config.ts'
import { missingSecret, type SecretValues } from '../services/secret-store.ts'

/**
 * Looks up the values of a service's secrets: all of them, or why not. They go into the environment of a child and nowhere
 * else: no command line, record, log, snapshot or message ever has them.
 */
export type SecretsOf = (key: string, names: readonly string[]) => Promise<SecretValues>

/** Where no secrets are kept. */
export const noSecrets: SecretsOf = async (key, [name = '']) => ({ ok: false, failure: missingSecret(name, key) })

const NONE: SecretValues = { ok: true, values: {} }

/** The values of a service's secrets. Not a promise if it has none: its restart after a crash waits for nothing then. */
export function lookUpSecrets(
  { key, secrets = [] }: ServiceDefinition,
  secretsOf: SecretsOf,
): SecretValues | Promise<SecretValues> {
  return secrets.length === 0 ? NONE : secretsOf(key, secrets)
}

/**
 * The variables of a service for a program beside it, such as its probe or its stop command. That runs without the secrets
 * if they cannot be had: it may not need them.
 */
export async function helperVariables(
  service: ServiceDefinition,
  secretsOf: SecretsOf,
): Promise<Readonly<Record<string, string>>> {
  const secrets = await lookUpSecrets(service, secretsOf)
  return secrets.ok ? { ...service.env, ...secrets.values } : service.env
}
