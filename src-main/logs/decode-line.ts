/**
 * The text of a line: UTF-8, with U+FFFD for bytes that are not, and without the CR of a CRLF line end. The beginning of
 * a cut line may end within a character, which is then left out.
 */
export function decodeLine(bytes: Uint8Array, isCut = false): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: isCut })
  return text.endsWith('\r') ? text.slice(0, -1) : text
}
