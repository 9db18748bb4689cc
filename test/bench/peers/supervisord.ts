import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from '../../support/wait-for.ts'
import { type Peer, PeerMissing, type PeerService } from './peer.ts'

const run = promisify(execFile)
const PROGRAM = '/usr/bin/supervisord'

async function ensureSupervisord(): Promise<void> {
  if (existsSync(PROGRAM)) return
  const install = ['install', '-y', '--no-install-recommends', 'supervisor']
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new PeerMissing('supervisord is not installed; on Debian and Ubuntu: sudo apt-get install supervisor')
  }
  // The package would start a service of its own, but not in this run level.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  await run('apt-get', install, { env, timeout: 180_000 }).catch((error: unknown) => {
    throw new PeerMissing(`apt-get could not install supervisor: ${String(error).split('\n')[0]}`)
  })
}

/** As its configuration wants it: a percent sign begins a variable, and arguments are split like a shell does. */
const quote = (argument: string) => `'${argument.replaceAll("'", `'"'"'`).replaceAll('%', '%%')}'`

function program(folder: string, { name, command, autoRestart, graceMs }: PeerService): string {
  return `[program:${name}]
command=${command.map(quote).join(' ')}
autorestart=${autoRestart}
startsecs=0
startretries=1000000
stopwaitsecs=${Math.ceil(graceMs / 1000)}
stdout_logfile=${join(folder, `${name}.out`)}
stdout_logfile_maxbytes=0
stderr_logfile=${join(folder, `${name}.err`)}
`
}

function configuration(folder: string, services: readonly PeerService[]): string {
  return `[supervisord]
logfile=${join(folder, 'supervisord.log')}
pidfile=${join(folder, 'supervisord.pid')}
childlogdir=${folder}
[unix_http_server]
file=${join(folder, 'control.sock')}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${join(folder, 'control.sock')}
${services.map((service) => program(folder, service)).join('')}`
}

export const supervisord: Peer = {
  name: 'supervisord',
  async start(folder, services) {
    await ensureSupervisord()
    const file = join(folder, 'supervisord.conf')
    await writeFile(file, configuration(folder, services))
    const control = (...args: string[]) => run('/usr/bin/supervisorctl', ['-c', file, ...args], { timeout: 60_000 })
    const launch = async () => {
      const started = spawn(PROGRAM, ['-n', '-c', file], { stdio: 'ignore', cwd: folder })
      // It answers with a failure when a service does not run, so only that it answers counts.
      await waitFor(
        () =>
          control('pid').then(
            () => true,
            () => false,
          ),
        { what: 'supervisord to answer' },
      )
      return started
    }
    let daemon: ChildProcess = await launch()
    return {
      get pid() {
        return daemon.pid ?? 0
      },
      async stop(name) {
        await control('stop', name)
      },
      outputFile: (name) => join(folder, `${name}.out`),
      async startAgain() {
        daemon = await launch()
      },
      async end() {
        const ended = once(daemon, 'exit')
        daemon.kill('SIGTERM')
        await ended
      },
    }
  },
}
