import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'

/**
 * `npm run icons`: renders assets/icons/src/*.svg to the files that the app and its packages use. Its results are
 * committed, so that a build needs neither this script nor resvg; src-main/shell/tray/tray-images.ts says who uses what.
 */

const ICONS = join(import.meta.dirname, '..', 'assets', 'icons')
const TRAY_STATES = ['idle', 'starting', 'ok', 'failing']
/** Up to this size the app icon has a source of its own. */
const SMALL = 32
const APP_ICO_SIZES = [16, 20, 24, 32, 40, 48, 64, 128, 256]
/** 16 pixels at Windows' scales of 100 to 400 %. */
const TRAY_ICO_SIZES = [16, 20, 24, 28, 32, 40, 48, 64]

function source(name: string): string {
  return readFileSync(join(ICONS, 'src', `${name}.svg`), 'utf8')
}

function png(svg: string, size: number): Buffer {
  return new Resvg(svg, { fitTo: { mode: 'width', value: size }, font: { loadSystemFonts: false } }).render().asPng()
}

function appPng(size: number): Buffer {
  return png(source(size <= SMALL ? 'app-small' : 'app'), size)
}

/**
 * macOS tints what is black and keeps its alpha. The menu bar's image is 18 points with a margin of one, so the sources'
 * grid of 16 keeps its whole pixels. Colours in the sources are hexadecimal; the masks' black and white are names.
 */
function templatePng(svg: string, scale: number): Buffer {
  const black = svg.replaceAll(/#[0-9a-f]{6}/g, '#000000').replace('viewBox="0 0 16 16"', 'viewBox="-1 -1 18 18"')
  return png(black, 18 * scale)
}

/** An .ico is a directory of images; since Windows Vista these may be PNGs. 0 stands for 256 pixels. */
function ico(sizes: readonly number[], render: (size: number) => Buffer): Buffer {
  const images = sizes.map((size) => ({ size, data: render(size) }))
  const header = Buffer.alloc(6 + 16 * images.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(images.length, 4)
  let offset = header.length
  for (const [index, { size, data }] of images.entries()) {
    const entry = 6 + 16 * index
    header.writeUInt8(size % 256, entry)
    header.writeUInt8(size % 256, entry + 1)
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(32, entry + 6)
    header.writeUInt32LE(data.length, entry + 8)
    header.writeUInt32LE(offset, entry + 12)
    offset += data.length
  }
  return Buffer.concat([header, ...images.map(({ data }) => data)])
}

function write(name: string, data: Buffer): void {
  const path = join(ICONS, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, data)
  console.log(`${name} (${data.length} bytes)`)
}

write('app.png', appPng(1024))
write('app-256.png', appPng(256))
write('app.ico', ico(APP_ICO_SIZES, appPng))
for (const state of TRAY_STATES) {
  const svg = source(`tray-${state}`)
  write(`tray/${state}Template.png`, templatePng(svg, 1))
  write(`tray/${state}Template@2x.png`, templatePng(svg, 2))
  write(
    `tray/${state}.ico`,
    ico(TRAY_ICO_SIZES, (size) => png(svg, size)),
  )
  write(`tray/linux/${state}.png`, png(svg, 32))
  write(`tray/linux/${state}-64.png`, png(svg, 64))
}
