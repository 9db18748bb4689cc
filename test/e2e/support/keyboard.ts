import type { Page } from 'playwright'

/** More than any window or dialog has. */
const MAX_STOPS = 80

/** What a screen reader calls the element that has the focus, or else what stands in it. */
export function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement
    const label = focused instanceof HTMLInputElement ? focused.labels?.[0]?.textContent : null
    return focused?.getAttribute('aria-label') ?? label ?? focused?.textContent ?? ''
  })
}

/** Presses Tab, or Shift and Tab, until the focus is on what is called so. */
export async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const seen = new Set<string>()
  for (let presses = 0; presses < MAX_STOPS; presses += 1) {
    const text = await focusedText(page)
    if (name.test(text)) return
    seen.add(text.slice(0, 40))
    await page.keyboard.press(key)
  }
  throw new Error(`${key} leads nowhere to ${name}, but to ${[...seen].join(' | ')}`)
}
