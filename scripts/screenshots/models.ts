import { type ModelsKind, ok, serveModels } from '../../test/fixtures/model-servers/models/models-http.ts'
import { ModelsState } from '../../test/fixtures/model-servers/models/models-state.ts'
import { demo, onStage, type Stage } from './stage.ts'

const GIGA = 1e9

interface Size {
  readonly parameters: string
  readonly quantisation: string
  readonly family: string
  readonly size: number
  /** Of the memory it takes, what is on the GPU. */
  readonly onGpu: number
}

const SIZES: Readonly<Record<string, Size>> = {
  'llama3.1:8b': { parameters: '8.0B', quantisation: 'Q4_K_M', family: 'llama', size: 4.9, onGpu: 1 },
  'gemma3:27b': { parameters: '27.4B', quantisation: 'Q4_K_M', family: 'gemma3', size: 17.4, onGpu: 0.59 },
  'qwen3:14b': { parameters: '14.8B', quantisation: 'Q4_K_M', family: 'qwen3', size: 9.3, onGpu: 1 },
  'nomic-embed-text:latest': { parameters: '137M', quantisation: 'F16', family: 'nomic-bert', size: 0.27, onGpu: 1 },
  'deepseek-r1:70b': { parameters: '70.6B', quantisation: 'Q4_K_M', family: 'llama', size: 42.5, onGpu: 0.3 },
  'phi4:latest': { parameters: '14.7B', quantisation: 'Q4_K_M', family: 'phi3', size: 9.1, onGpu: 1 },
}

/** A server with Ollama's API and these models. */
const ollama: ModelsKind = (state) => {
  const entry = (name: string) => {
    const { parameters, quantisation, family, size } = SIZES[name] ?? { size: 1 }
    const details = { parameter_size: parameters, quantization_level: quantisation, family }
    return { name, model: name, size: size * GIGA, details }
  }
  const loaded = (name: string) => {
    const size = (SIZES[name]?.size ?? 1) * 1.2 * GIGA
    const vram = size * (SIZES[name]?.onGpu ?? 1)
    const expires = new Date(Date.now() + 280_000).toISOString()
    return { ...entry(name), size, size_vram: vram, context_length: 8192, expires_at: expires }
  }
  return async (method, path, { model }) => {
    switch (`${method} ${path}`) {
      case 'GET /':
        return ok('Ollama is running')
      case 'GET /api/tags':
        return ok({ models: state.ids.map(entry) })
      case 'GET /api/ps':
        return ok({ models: state.loaded.map(loaded) })
      case 'POST /api/generate':
        state.begin(String(model))
        await state.settled()
        return ok({ model, done: true })
      default:
        return null
    }
  }
}

/** The models of a server that somebody else has started, and trying the demo server. */
export async function models(): Promise<void> {
  const state = new ModelsState(...Object.keys(SIZES))
  for (const name of ['llama3.1:8b', 'gemma3:27b']) state.set(name, 'loaded')
  state.isSlow = true
  const { port, close } = await serveModels(ollama(state))
  const services = [
    { key: 'ollama:main', name: 'Ollama', preset: 'ollama', args: { port } },
    demo('demo:chat', 'Chat model', 18_101, '--token-ms', '120'),
  ]
  await onStage({ services }, async (stage) => {
    await modelList(stage, state)
    await trying(stage)
  }).finally(close)
}

async function modelList({ page, item, inBothThemes, resize, picture }: Stage, state: ModelsState): Promise<void> {
  await item('Ollama, external, ok').waitFor()
  await item('Ollama').click()
  await page.getByRole('tab', { name: 'Models' }).click()
  const row = (name: string) => page.getByRole('listitem', { name: new RegExp(`^${name},`) })
  await row('qwen3:14b').getByRole('button', { name: 'Load' }).click()
  await page.getByText(/^loading for 3s/).waitFor()
  await inBothThemes('models')
  await resize({ width: 560, height: 420 })
  await picture('models-small', 'light')
  await resize()
  state.finish()
}

async function trying({ page, item, start, picture, resize }: Stage): Promise<void> {
  await start('Chat model')
  await item('Chat model, running, ok').waitFor()
  await item('Chat model').click()
  await page.getByRole('tab', { name: 'Try it' }).click()
  await page.getByRole('combobox', { name: 'Model' }).waitFor()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('the tide and the moon')
  await page.getByRole('spinbutton', { name: 'Max tokens' }).fill('120')
  await page.keyboard.press('Enter')
  await page.locator('.answer-figures', { hasText: /^[23]\d tokens/ }).waitFor()
  await picture('try-streaming', 'light')
  await page
    .getByRole('status')
    .getByText(/^Answer /)
    .waitFor({ state: 'attached' })
  await picture('try', 'dark')
  await page.getByRole('button', { name: 'Use it from your own code' }).click()
  await page.locator('.snippet').waitFor()
  await picture('try-snippets', 'light')
  await resize({ width: 560, height: 420 })
  await picture('try-small', 'dark')
  await resize()
}
