import { describe, expect, it } from 'vitest'
import { usualFolders } from '../../../../src-main/services/gguf/usual-folders.ts'

const names = (platform: NodeJS.Platform, env: Record<string, string>, home: string) =>
  usualFolders({ platform, env, home }).map(({ folder }) => folder)

describe('the usual folders', () => {
  it('of Linux', () => {
    const folders = names('linux', {}, '/home/jo')
    expect(folders).toEqual([
      '/home/jo/models',
      '/home/jo/Models',
      '/home/jo/.cache/llama.cpp',
      '/home/jo/.lmstudio/models',
      '/home/jo/.cache/lm-studio/models',
      '/home/jo/.local/share/Jan/data/llamacpp/models',
      '/home/jo/.local/share/Jan/data/models',
      '/home/jo/jan/models',
      '/home/jo/.local/share/nomic.ai/GPT4All',
      '/home/jo/text-generation-webui/user_data/models',
      '/home/jo/.cache/huggingface/hub',
      '/home/jo/Downloads',
    ])
  })

  it('of macOS', () => {
    const folders = names('darwin', {}, '/Users/jo')
    expect(folders).toContain('/Users/jo/Library/Caches/llama.cpp')
    expect(folders).toContain('/Users/jo/Library/Application Support/Jan/data/llamacpp/models')
    expect(folders).toContain('/Users/jo/Library/Application Support/nomic.ai/GPT4All')
    expect(folders).toContain('/Users/jo/.lmstudio/models')
  })

  it('of Windows', () => {
    const env = { APPDATA: 'D:\\roaming', LOCALAPPDATA: 'D:\\local' }
    const folders = names('win32', env, 'C:\\Users\\jo')
    expect(folders).toContain('C:\\Users\\jo\\models')
    expect(folders).toContain('D:\\local\\llama.cpp')
    expect(folders).toContain('D:\\roaming\\Jan\\data\\llamacpp\\models')
    expect(folders).toContain('C:\\Users\\jo\\.cache\\huggingface\\hub')
    expect(names('win32', {}, 'C:\\Users\\jo')).toContain('C:\\Users\\jo\\AppData\\Local\\llama.cpp')
  })

  it('are where the variables of their programs say', () => {
    const env = { LLAMA_CACHE: '/big/llama', HF_HOME: '/big/hf', HF_HUB_CACHE: '/big/hub', XDG_CACHE_HOME: '/cache' }
    const folders = names('linux', env, '/home/jo')
    expect(folders).toEqual(expect.arrayContaining(['/big/llama', '/big/hf/hub', '/big/hub', '/cache/llama.cpp']))
    expect(folders).toContain('/cache/huggingface/hub')
    expect(folders).not.toContain('/home/jo/.cache/llama.cpp')
  })

  it('are none that a variable without meaning gives, and none twice', () => {
    const env = { LLAMA_CACHE: '', HF_HOME: 'relative', HF_HUB_CACHE: '/home/jo/.cache/huggingface/hub' }
    const folders = names('linux', env, '/home/jo')
    expect(folders.every((folder) => folder.startsWith('/home/jo/'))).toBe(true)
    expect(new Set(folders).size).toBe(folders.length)
  })

  it('are looked into deeply, but for downloads', () => {
    const folders = usualFolders({ platform: 'linux', env: {}, home: '/home/jo' })
    expect(folders.filter(({ depth }) => depth === 1).map(({ folder }) => folder)).toEqual(['/home/jo/Downloads'])
    expect(folders.filter(({ isHubCache }) => isHubCache).map(({ folder }) => folder)).toEqual([
      '/home/jo/.cache/huggingface/hub',
    ])
  })
})
