import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** `npm run test:windows`: what differs from system to system, under Node for Windows. */
export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    name: 'windows',
    include: ['test/os-contract/**/*.test.ts', 'test/integration/{os,manager,logs}/**/*.test.ts'],
    setupFiles: [join(import.meta.dirname, 'skip-known-differences.ts')],
    restoreMocks: true,
    unstubEnvs: true,
    // Wine starts a process in 0.2 s at best, and several tests start a hundred.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})
