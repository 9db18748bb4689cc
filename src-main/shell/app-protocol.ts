import { readFile } from 'node:fs/promises'
import { extname, isAbsolute, join, relative } from 'node:path'
import { app, net, protocol } from 'electron'

const SCHEME = 'app'
const HOST = 'agentos'

export const APP_URL = `${SCHEME}://${HOST}/index.html`

/** Whether a URL is of our page. Not by its origin: for Node that of any scheme but the web's own is "null". */
export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol: scheme, host } = new URL(url)
  return scheme === `${SCHEME}:` && host === HOST
}

/** Electron security checklist, item 7. No inline script or style, nothing from anywhere else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Must be called before the app is ready. */
export function registerAppScheme(): void {
  // The code cache spares compiling the page's script at every start but the first; old versions ignore it.
  const privileges = { standard: true, secure: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }])
}

/**
 * The file in `root` that a URL asks for, or null: another host, or a path that leads out of the folder. `path.relative`
 * and not `startsWith`, which would let `root-evil/` pass.
 */
export function resolveInside(root: string, url: string): string | null {
  const { host, pathname } = new URL(url)
  if (host !== HOST) return null
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0')) return null
  const file = join(root, decoded)
  const inside = relative(root, file)
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? null : file
}

/** Serves the page as app://agentos/: the built one in `root`, or under `npm run dev` the development server's. */
export function servePage(root: string): void {
  const developmentServer = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL
  if (developmentServer === undefined) serveBuiltPage(root)
  else serveDevelopmentPage(developmentServer)
}

/** Every answer carries the security policy. */
function serveBuiltPage(root: string): void {
  protocol.handle(SCHEME, async (request) => {
    const file = resolveInside(root, request.url)
    const type = file === null ? undefined : CONTENT_TYPES[extname(file)]
    const body = file === null || type === undefined ? null : await readFile(file).catch(() => null)
    const headers = { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'X-Content-Type-Options': 'nosniff' }
    if (body === null || type === undefined) return new Response('Not found', { status: 404, headers })
    return new Response(body, { headers: { ...headers, 'Content-Type': type } })
  })
}

/**
 * The same origin, answered by the development server. Its client injects styles and a refresh
 * script and talks over a web socket, so the policy is wider; the page's rights are not.
 */
function serveDevelopmentPage(server: string): void {
  const policy = `default-src 'self' ${server.replace(/^http/, 'ws')} 'unsafe-inline'`
  protocol.handle(SCHEME, async (request) => {
    const { pathname, search } = new URL(request.url)
    const answer = await net.fetch(new URL(pathname + search, server).href)
    const headers = new Headers(answer.headers)
    headers.set('Content-Security-Policy', policy)
    return new Response(answer.body, { status: answer.status, headers })
  })
}
