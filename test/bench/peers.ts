import { arch, cpus, release, totalmem } from 'node:os'
import { agentos } from './peers/agentos.ts'
import { type Peer, PeerMissing } from './peers/peer.ts'
import { pm2 } from './peers/pm2.ts'
import { supervisord } from './peers/supervisord.ts'
import { type PeerFigure, works } from './peers/work.ts'
import { inFolder } from './support/folder.ts'

/** `npm run bench:peers`: the same work under this manager and under others, one after the other, as a Markdown table. */
const peers: readonly Peer[] = [agentos, pm2, supervisord]
const say = (line: string) => process.stdout.write(`${line}\n`)
const missing = new Set<string>()

async function figureOf(peer: Peer, run: (folder: string) => Promise<PeerFigure>): Promise<PeerFigure | null> {
  if (missing.has(peer.name)) return null
  try {
    return await inFolder(run)
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error
    missing.add(peer.name)
    process.stderr.write(`${peer.name} is left out: ${error.message}\n`)
    return null
  }
}

function middle(figures: readonly (PeerFigure | null)[]): PeerFigure | null {
  const known = figures.filter((figure) => figure !== null).sort((a, b) => a.value - b.value)
  return known[Math.floor(known.length / 2)] ?? null
}

function cell(figure: PeerFigure | null, unit: string, own: PeerFigure | null): string {
  if (figure === null) return '-'
  const text = `${Number(figure.value.toPrecision(3))} ${unit}`.trim()
  const isRatio = own !== null && figure !== own && unit !== '' && own.value > 0
  const ratio = isRatio ? ` (${(figure.value / own.value).toFixed(1)} x)` : ''
  return `${text}${ratio}${figure.note === undefined ? '' : `, ${figure.note}`}`
}

const [cpu] = cpus()
say(`${cpu?.model ?? arch()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, kernel ${release()}`)
say(`Node ${process.version}\n`)
say(`| what | ${peers.map(({ name }) => name).join(' | ')} |`)
say(`| --- |${peers.map(() => ' --- |').join('')}`)
for (const work of works) {
  const taken: (PeerFigure | null)[][] = peers.map(() => [])
  for (let round = 0; round < work.rounds; round += 1) {
    for (const [n, peer] of peers.entries()) taken[n]?.push(await figureOf(peer, (folder) => work.run(peer, folder)))
  }
  const figures = taken.map(middle)
  const [own = null] = figures
  say(`| **${work.id}**: ${work.what} | ${figures.map((figure) => cell(figure, work.unit, own)).join(' | ')} |`)
}
