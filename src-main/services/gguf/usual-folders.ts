import { posix, win32 } from 'node:path'

/** A folder where models are kept. */
export interface ModelFolder {
  readonly folder: string
  /** How deep to look: 1 is the files of the folder itself. */
  readonly depth: number
  /** A cache of Hugging Face: its repositories' snapshots are looked at, and not where their contents lie. */
  readonly isHubCache?: boolean
}

export interface FolderSources {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** Publisher, repository, quantisation: nobody needs more. */
const DEEP = 4
/** Repository, `snapshots`, revision, and a folder per quantisation. */
const HUB_DEPTH = 5

/**
 * Where people and programs put model files, whether there is anything or not. Ollama's are left out: they have no names.
 * Sources: llama.cpp common/common.cpp (cache directory) and common/hf-cache.cpp, huggingface_hub's constants, and the
 * documentation of LM Studio, Jan, GPT4All and text-generation-webui.
 */
export function usualFolders({ platform, env, home }: FolderSources): readonly ModelFolder[] {
  const path = platform === 'win32' ? win32 : posix
  const { join } = path
  const below = (folder: string | undefined, ...names: string[]) => (folder ? [join(folder, ...names)] : [])
  const given = (name: string) => {
    const folder = env[name]
    return folder && path.isAbsolute(folder) ? folder : undefined
  }

  const cache = given('XDG_CACHE_HOME') ?? join(home, '.cache')
  const appData = given('APPDATA') ?? join(home, 'AppData', 'Roaming')
  const localAppData = given('LOCALAPPDATA') ?? join(home, 'AppData', 'Local')
  const library = join(home, 'Library')
  const share = given('XDG_DATA_HOME') ?? join(home, '.local', 'share')
  const system = {
    win32: {
      caches: localAppData,
      jan: join(appData, 'Jan', 'data'),
      gpt4all: join(localAppData, 'nomic.ai', 'GPT4All'),
    },
    darwin: {
      caches: join(library, 'Caches'),
      jan: join(library, 'Application Support', 'Jan', 'data'),
      gpt4all: join(library, 'Application Support', 'nomic.ai', 'GPT4All'),
    },
    other: { caches: cache, jan: join(share, 'Jan', 'data'), gpt4all: join(share, 'nomic.ai', 'GPT4All') },
  }
  const { caches, jan, gpt4all } = system[platform === 'win32' || platform === 'darwin' ? platform : 'other']

  const hub = [
    ...below(given('HF_HUB_CACHE')),
    ...below(given('HUGGINGFACE_HUB_CACHE')),
    ...below(given('HF_HOME'), 'hub'),
    join(cache, 'huggingface', 'hub'),
  ]
  const deep = [
    join(home, 'models'),
    join(home, 'Models'),
    ...below(given('LLAMA_CACHE')),
    join(caches, 'llama.cpp'),
    // Also on macOS and Windows, by hand or by older versions.
    join(cache, 'llama.cpp'),
    join(home, '.lmstudio', 'models'),
    join(cache, 'lm-studio', 'models'),
    join(jan, 'llamacpp', 'models'),
    join(jan, 'models'),
    join(home, 'jan', 'models'),
    gpt4all,
    join(home, 'text-generation-webui', 'user_data', 'models'),
  ]
  return onlyOnce([
    ...deep.map((folder) => ({ folder, depth: DEEP })),
    ...hub.map((folder) => ({ folder, depth: HUB_DEPTH, isHubCache: true })),
    { folder: join(home, 'Downloads'), depth: 1 },
  ])
}

function onlyOnce(folders: readonly ModelFolder[]): readonly ModelFolder[] {
  const seen = new Set<string>()
  return folders.filter(({ folder }) => !seen.has(folder) && seen.add(folder))
}
