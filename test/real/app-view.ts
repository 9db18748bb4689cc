import type { Failure } from '../../src-main/core/failure.ts'
import { llamacppModels } from '../../src-main/services/models/llamacpp.ts'
import { ModelLoads } from '../../src-main/services/models/model-loads.ts'
import { failureOf } from '../../src-main/services/models/server-answer-error.ts'
import type { ServerTarget } from '../../src-main/services/models/server-target.ts'
import { type TryProgress, TrySeat } from '../../src-main/services/try/try-seat.ts'
import { KEY } from './real-server.ts'

// A real llama-server as the app's own modules see it, as its window uses them.

const targetOf = (port: number, key: string | null): ServerTarget => ({
  host: '127.0.0.1',
  port,
  key,
  keyVariable: 'LLAMA_API_KEY',
})

/** What the Models tab shows and does. */
export function modelsOf(port: number) {
  const loads = new ModelLoads()
  const server = { key: KEY, target: targetOf(port, null), api: llamacppModels }
  return {
    list: () => loads.list(server),
    load: (model: string) => loads.load(server, model),
    unload: (model: string) => loads.unload(server, model),
    /** State by id. */
    states: async () => Object.fromEntries((await loads.list(server)).map(({ id, state }) => [id, state])),
  }
}

interface Prompt {
  readonly model?: string
  readonly maxTokens?: number
  readonly key?: string
}

/** What the Try panel shows in the end: the whole text, how many events brought it, the last figures, and the end. */
export async function tryPrompt(port: number, { model, maxTokens = 16, key }: Prompt) {
  const events: TryProgress[] = []
  const last = await new Promise<TryProgress>((resolve) => {
    const seat = new TrySeat((progress) => {
      events.push(progress)
      if (progress.end !== null) resolve(progress)
    })
    const prompt = { model: model ?? null, prompt: 'the river opens', maxTokens }
    seat.begin(seat.take(), { target: targetOf(port, key ?? null), openAiPath: '/v1', prompt })
  })
  return { ...last, text: events.map(({ text }) => text).join(''), events: events.length }
}

/** Why it did not succeed. */
export async function refusalOf(work: Promise<unknown>): Promise<Failure> {
  const failure = await work.then(() => undefined, failureOf)
  if (failure === undefined) throw new Error('expected a failure in words, got none')
  return failure
}
