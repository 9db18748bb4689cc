/**
 * `node probe-url.mjs <url> <milliseconds>`: exit code 0 if the address delivers within that time; otherwise the
 * reason is on stdout. A program of its own, so that it runs under the pinned Node with its proxy support.
 */
const [url, milliseconds] = process.argv.slice(2)
try {
  // One byte of a real GET: release hosts redirect to a second host, and some mirrors do not answer HEAD.
  const response = await fetch(url, {
    headers: { range: 'bytes=0-0' },
    signal: AbortSignal.timeout(Number(milliseconds)),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`it answered ${response.status} ${response.statusText}`)
  process.exit(0)
} catch (error) {
  const { host } = new URL(url)
  console.log(`${host}: ${error.cause?.code ?? error.cause?.message ?? error.message}`)
  process.exit(1)
}
