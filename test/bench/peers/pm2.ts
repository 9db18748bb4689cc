import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '../../e2e/support/launch-app.ts'
import { type Peer, PeerMissing } from './peer.ts'

const run = promisify(execFile)
const VERSION = '6.0.13'
const CACHE = join(repositoryRoot, 'node_modules/.cache/agentos-peers')
const PROGRAM = join(CACHE, 'node_modules/pm2/bin/pm2')

/** Installed on demand and beside, never as a dependency. */
async function ensurePm2(): Promise<void> {
  if (existsSync(PROGRAM)) return
  await mkdir(CACHE, { recursive: true })
  await writeFile(join(CACHE, 'package.json'), '{"private":true}')
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', `pm2@${VERSION}`]
  try {
    await run('npm', args, { cwd: CACHE, timeout: 180_000 })
  } catch (error) {
    throw new PeerMissing(`npm could not install pm2@${VERSION}: ${String(error).split('\n')[0]}`)
  }
}

export const pm2: Peer = {
  name: `PM2 ${VERSION}`,
  async start(folder, services) {
    await ensurePm2()
    const home = join(folder, 'pm2')
    // Its default is SIGINT; what the others ask politely with is what the stubborn ignore.
    const env = { ...process.env, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true', PM2_KILL_SIGNAL: 'SIGTERM' }
    const pm2Command = (...args: string[]) => run(process.execPath, [PROGRAM, ...args], { env, timeout: 120_000 })
    const outputFile = (name: string) => join(folder, `${name}.out`)
    const apps = services.map(({ name, command: [script, ...args], autoRestart, graceMs }) => ({
      name,
      script,
      args,
      interpreter: 'none',
      autorestart: autoRestart,
      max_restarts: 1_000_000,
      // The least it takes.
      min_uptime: 100,
      kill_timeout: graceMs,
      out_file: outputFile(name),
      error_file: join(folder, `${name}.err`),
    }))
    await writeFile(join(folder, 'ecosystem.json'), JSON.stringify({ apps }))
    await pm2Command('start', join(folder, 'ecosystem.json'))
    await pm2Command('save')
    return {
      get pid() {
        return Number(readFileSync(join(home, 'pm2.pid'), 'utf8'))
      },
      async stop(name) {
        await pm2Command('stop', name)
      },
      outputFile,
      async startAgain() {
        await pm2Command('resurrect')
      },
      async end() {
        await pm2Command('kill')
      },
    }
  },
}
