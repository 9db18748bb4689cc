import { truncateSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TinyModel, writeHollowGguf } from '../../test/support/tiny-gguf.ts'
import { install, root } from './stage.ts'

/** As in llama.cpp's `llama_ftype`. */
const Q4_K_M = 15
const Q8_0 = 7

const MODELS: readonly (readonly [folder: string, file: string, model: TinyModel])[] = [
  [
    'models/qwen',
    'Qwen3-8B-Q4_K_M.gguf',
    { name: 'Qwen3 8B', width: 4096, layers: 8, contextLength: 40_960, claimedType: Q4_K_M },
  ],
  [
    '.lmstudio/models/lmstudio-community/Llama-3.1-8B-Instruct-GGUF',
    'Llama-3.1-8B-Instruct-Q8_0.gguf',
    { name: 'Llama 3.1 8B Instruct', width: 4096, layers: 14, contextLength: 131_072, claimedType: Q8_0 },
  ],
  [
    'models/coder',
    'Coder-14B-Q4_K_M.gguf',
    { name: 'Coder 14B', width: 5120, layers: 9, contextLength: 32_768, claimedType: Q4_K_M },
  ],
  [
    'Downloads',
    'Mistral-7B-Instruct-Q4_K_M.gguf',
    { name: 'Mistral 7B Instruct', width: 4096, layers: 7, contextLength: 32_768, claimedType: Q4_K_M },
  ],
]

/** What llama-server says of a model file that ends too early. */
const DAMAGED = [
  'llama_model_load: error loading model: tensor data is not within the file bounds, model is corrupted or incomplete',
  'llama_model_load_from_file_impl: failed to load model',
  "srv    load_model: failed to load model, '$HOME/Downloads/Mistral-7B-Instruct-Q4_K_M.gguf'",
  'srv  llama_server: exiting due to model loading error',
]

/** A person's home directory with model files, one of them not complete, and with two model servers in PATH. */
export async function furnish(person: string, bin: string): Promise<void> {
  for (const [folder, file, model] of MODELS) {
    await mkdir(join(person, folder), { recursive: true })
    writeHollowGguf(join(person, folder, file), model)
  }
  truncateSync(join(person, 'Downloads', 'Mistral-7B-Instruct-Q4_K_M.gguf'), 1_200_000_000)
  await install(bin, 'ollama', 'echo "ollama version is 0.12.3"')
  const fixture = join(root, 'test/fixtures/model-servers/model-server.ts')
  const options = JSON.stringify({ folder: person })
  await install(
    bin,
    'llama-server',
    `case "$*" in
      --version) echo "version: 6700 (8f22dc0a)"; exit ;;
      *Mistral*) printf '%s\\n' ${DAMAGED.map((line) => `"${line}"`).join(' ')} >&2; exit 1 ;;
    esac
    MODEL_SERVER='${options}' exec "${process.execPath}" "${fixture}" llamacpp "$@"`,
  )
}
