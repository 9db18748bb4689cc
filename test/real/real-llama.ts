import { waitFor } from '../support/wait-for.ts'
import { KEY, makeServer, type RealServer } from './real-server.ts'

const program = process.env.AGENTOS_REAL_LLAMA_SERVER
if (program === undefined) throw new Error('These tests need a real llama-server: run them by "npm run test:real".')

export const llama: RealServer = { preset: 'llamacpp', program }

/** What the server itself makes of a model file: whether it serves it, and its last words if not. */
export async function tryToLoad(file: string): Promise<{ readonly loads: boolean; readonly words: string }> {
  const { start, snapshot } = await makeServer(llama, ['-m', file])
  await start()
  const isDecided = () => snapshot(KEY).health === 'ok' || snapshot(KEY).status === 'failed'
  await waitFor(isDecided, { what: 'the server to load it or to fail' })
  return { loads: snapshot(KEY).health === 'ok', words: snapshot(KEY).problem?.details?.join('\n') ?? '' }
}
