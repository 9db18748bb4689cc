import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import { describe, expect, test } from 'vitest'
import { trayImagePath } from '../../src-main/shell/tray/tray-images.ts'
import { TRAY_ICONS, type TrayIcon } from '../../src-main/shell/tray/tray-model.ts'

// What scripts/icons.ts made and is committed, as the app will find it.

const ICONS = join(import.meta.dirname, '..', '..', 'assets', 'icons')
const PAIRS = TRAY_ICONS.flatMap((first, index) =>
  TRAY_ICONS.slice(index + 1).map((second) => [first, second] as const),
)

const TRAY_ICO_SIZES = [16, 20, 24, 28, 32, 40, 48, 64]
const ICO_FILES: [name: string, sizes: number[]][] = [
  ['app.ico', [16, 20, 24, 32, 40, 48, 64, 128, 256]],
  ...TRAY_ICONS.map((icon): [string, number[]] => [`tray/${icon}.ico`, TRAY_ICO_SIZES]),
]

const read = (name: string) => readFileSync(join(ICONS, name))

/** Width and height as the PNG's header says. */
function pngSize(png: Buffer): [number, number] {
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG')
  return [png.readUInt32BE(16), png.readUInt32BE(20)]
}

/** The PNG's pixels, four bytes each: red, green, blue, alpha. */
function pixels(png: Buffer): Uint8Array {
  const [width, height] = pngSize(png)
  const href = `data:image/png;base64,${png.toString('base64')}`
  const image = `<image width="${width}" height="${height}" href="${href}"/>`
  return new Resvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${image}</svg>`,
  ).render().pixels
}

/** True where the icon covers a pixel: its shape, whatever its colours. */
function shape(png: Buffer): boolean[] {
  const bytes = pixels(png)
  return Array.from({ length: bytes.length / 4 }, (_, index) => (bytes[4 * index + 3] ?? 0) > 127)
}

function differing(first: boolean[], second: boolean[]): number {
  return first.filter((isCovered, index) => isCovered !== second[index]).length
}

function icoImages(ico: Buffer): Map<number, Buffer> {
  expect([ico.readUInt16LE(0), ico.readUInt16LE(2)]).toEqual([0, 1])
  const entries = Array.from({ length: ico.readUInt16LE(4) }, (_, index) => 6 + 16 * index)
  return new Map(
    entries.map((entry) => {
      const offset = ico.readUInt32LE(entry + 12)
      const image = ico.subarray(offset, offset + ico.readUInt32LE(entry + 8))
      return [ico.readUInt8(entry) || 256, image]
    }),
  )
}

function smallestTrayImages(icon: TrayIcon): Record<string, Buffer> {
  const windows = icoImages(read(`tray/${icon}.ico`)).get(16)
  if (!windows) throw new Error(`tray/${icon}.ico has no image of 16 pixels`)
  return { macOS: read(`tray/${icon}Template.png`), Windows: windows, Linux: read(`tray/linux/${icon}.png`) }
}

test('the app icon has its sizes and stays small', () => {
  expect(pngSize(read('app.png'))).toEqual([1024, 1024])
  expect(pngSize(read('app-256.png'))).toEqual([256, 256])
  expect(read('app.png').length).toBeLessThan(60_000)
})

test.each(ICO_FILES)('%s holds an image for every scale of Windows', (name, sizes) => {
  const images = icoImages(read(name))
  expect([...images.keys()]).toEqual(sizes)
  for (const [size, image] of images) expect(pngSize(image)).toEqual([size, size])
})

describe.each([...TRAY_ICONS])('tray icon %s', (icon) => {
  test('has its sizes', () => {
    expect(pngSize(read(`tray/${icon}Template.png`))).toEqual([18, 18])
    expect(pngSize(read(`tray/${icon}Template@2x.png`))).toEqual([36, 36])
    expect(pngSize(read(`tray/linux/${icon}.png`))).toEqual([32, 32])
    expect(pngSize(read(`tray/linux/${icon}-64.png`))).toEqual([64, 64])
  })

  test.each(['darwin', 'win32', 'linux'] as const)('has the file that the tray asks for on %s', (platform) => {
    for (const scale of [1, 1.25, 2]) {
      expect(readFileSync(trayImagePath(ICONS, icon, platform, scale)).length).toBeGreaterThan(0)
    }
  })

  test.each(['Template.png', 'Template@2x.png'])('%s is black and alpha only, as macOS wants it', (suffix) => {
    const bytes = pixels(read(`tray/${icon}${suffix}`))
    expect(bytes.some((byte, index) => index % 4 !== 3 && byte !== 0)).toBe(false)
  })
})

describe('the states differ in shape, so nobody needs the colours', () => {
  test.each(PAIRS)('%s and %s', (first, second) => {
    const others = smallestTrayImages(second)
    for (const [platform, image] of Object.entries(smallestTrayImages(first))) {
      const other = others[platform] ?? image
      const [width, height] = pngSize(image)
      // At least a twelfth of the image: about 5 x 5 of 18 x 18 pixels.
      expect(differing(shape(image), shape(other)), platform).toBeGreaterThan((width * height) / 12)
    }
  })
})
