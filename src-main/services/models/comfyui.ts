import { z } from 'zod'
import { anId, readAnswer, readItems } from './answers.ts'
import type { AskServer, ModelsApi, ServerModel } from './models-api.ts'
import { failureOf } from './server-answer-error.ts'

// ComfyUI: server.py. It lists model files by folder, but does not tell which are loaded; POST /free takes all of them out
// of memory before the next job.

/** The folders of what is chosen as "the model" of a workflow; there are many others for its parts. */
const FOLDERS = ['checkpoints', 'diffusion_models'] as const

const listSchema = z.array(z.unknown())

export const comfyuiModels: ModelsApi = {
  list: async (ask) => {
    const folders = await Promise.all(FOLDERS.map((folder) => readFolder(ask, folder)))
    return folders.flat()
  },
  unload: async (ask) => {
    await ask('/free', { unload_models: true, free_memory: true })
  },
  note: 'Model files are listed; ComfyUI does not tell which are loaded. Unloading one frees the memory of all of them.',
}

async function readFolder(ask: AskServer, folder: (typeof FOLDERS)[number]): Promise<readonly ServerModel[]> {
  const path = `/models/${folder}`
  let answer: unknown
  try {
    answer = await ask(path)
  } catch (error) {
    // An older version has no such folder.
    if (failureOf(error)?.code === 'not-supported' && folder !== 'checkpoints') return []
    throw error
  }
  const files = readItems(anId, readAnswer(listSchema, answer, path, 'a list of files'))
  return files.map((id) => ({ id, state: 'unknown', details: [folder] }))
}
