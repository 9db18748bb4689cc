import { configDefaults, defineConfig } from 'vitest/config'

/** It looks at the tray and its menu through the session bus, which only Linux has. */
const onlyOnLinux = process.platform === 'linux' ? [] : ['test/e2e/app.test.ts']

/** Only `npm run test:real` has them; it says where the servers are. */
const real = {
  name: 'real',
  include: ['test/real/**/*.test.ts'],
  // The servers take as many threads as there are cores.
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 60_000,
}

/** What os/ promises on every system, with native calls and without. */
const osContract = { include: ['test/os-contract/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 30_000 }

const common = { restoreMocks: true, unstubEnvs: true, passWithNoTests: false } as const

export default defineConfig({
  test: {
    projects: [
      { test: { ...common, name: 'unit', include: ['test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx'] } },
      { test: { ...common, name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      { test: { ...common, ...osContract, name: 'os-contract' } },
      { test: { ...common, ...osContract, name: 'os-contract-no-koffi', env: { AGENTOS_NO_KOFFI: '1' } } },
      {
        test: {
          ...common,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...common,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...onlyOnLinux],
          // One Electron at a time: two cores, one display, and the tray is a singleton of the session bus.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      ...(process.env.AGENTOS_TEST_REAL === undefined ? [] : [{ test: { ...common, ...real } }]),
    ],
  },
})
