import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// The oldest Electron this code must run on (docs/decisions/0001-electron-runtime.md): Node 18.15, Chromium 114.
const NODE_TARGET = 'node18.15'
const CHROME_TARGET = 'chrome114'

const root = import.meta.dirname

export default defineConfig({
  main: {
    build: {
      // Everything is bundled into CommonJS (D11), one file for each thread; only native code cannot be (`dependencies`).
      externalizeDeps: { include: ['koffi'] },
      target: NODE_TARGET,
      outDir: resolve(root, 'out/main'),
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: resolve(root, 'src-main/main.ts'),
          // Threads of their own (docs/logs.md).
          'log-worker': resolve(root, 'src-main/logs/engine/log-worker.ts'),
          'search-worker': resolve(root, 'src-main/logs/search/search-worker.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      target: NODE_TARGET,
      outDir: resolve(root, 'out/preload'),
      minify: true,
      sourcemap: false,
      rolldownOptions: {
        input: { preload: resolve(root, 'src-preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'src-renderer'),
    plugins: [react()],
    // The page comes through app:// (shell/app-protocol.ts), so its client must be told where the web socket is.
    server: {
      host: '127.0.0.1',
      port: 5173,
      strictPort: true,
      hmr: { protocol: 'ws', host: '127.0.0.1', clientPort: 5173 },
    },
    build: {
      target: CHROME_TARGET,
      outDir: resolve(root, 'out/renderer'),
      // electron-vite leaves it readable; a third of the size is parsed in a third of the time, at every start.
      minify: true,
      // A data: URI would need `img-src data:` in the policy; files keep the policy at 'self'.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: resolve(root, 'src-renderer/index.html') } },
    },
  },
})
