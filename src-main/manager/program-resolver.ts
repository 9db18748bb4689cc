import { type Program, resolveProgram } from '../services/find-binary.ts'
import { presets } from '../services/presets/presets.ts'
import type { ProgramResolver } from './launch.ts'

export interface ProgramResolverOptions {
  /** Programs that are part of the app, by their binName. */
  readonly builtIn?: Readonly<Record<string, Program>>
  /** Settles when this process has the environment in which programs are found; nothing is started before. */
  readonly environment?: Promise<void>
}

/** Finds the program of a service, in the environment that the service will have. */
export function programResolver({ builtIn, environment }: ProgramResolverOptions): ProgramResolver {
  return async (service) => {
    await environment
    return resolveProgram(service.binName, presets[service.preset], {
      ...(builtIn === undefined ? {} : { builtIn }),
      // Put together only if it is needed: for an absolute path, nothing is looked up in it.
      get env() {
        return { ...process.env, ...service.env }
      },
    })
  }
}
