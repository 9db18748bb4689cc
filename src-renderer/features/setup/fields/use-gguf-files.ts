import { useState } from 'react'
import type { GgufView } from '../../../../src-preload/contract/setup-view.ts'
import { call } from '../../../bridge.ts'
import { useReply } from '../use-reply.ts'

/** Model files that were found, and those that a person named. */
export function useGgufFiles() {
  const [scan, ask] = useReply('gguf.scan', { refresh: false })
  const [named, setNamed] = useState<readonly GgufView[]>([])
  const found = scan.value?.files ?? []
  const others = named.filter(({ file }) => !found.some((other) => other.file === file))
  return {
    files: [...others, ...found],
    folders: scan.value?.folders ?? [],
    isComplete: scan.value?.isComplete ?? true,
    isScanning: scan.isAsking,
    problem: scan.problem,
    rescan: () => ask({ refresh: true }),
    /** Looks at a file anywhere; its view says if it is none. */
    name: async (file: string) => {
      const reply = await call('gguf.read', { file })
      const view = reply.ok ? reply.value : unreadable(file, reply.error.message)
      setNamed((before) => [view, ...before.filter((other) => other.file !== view.file)])
    },
  }
}

function unreadable(file: string, problem: string): GgufView {
  return {
    file,
    name: file.split(/[\\/]/).at(-1) ?? file,
    architecture: null,
    sizeBytes: 0,
    quantisation: null,
    contextLength: null,
    parts: 1,
    problem,
  }
}
