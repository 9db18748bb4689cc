/**
 * Leads the keyboard to the selected service of the list, once a dialog that was closed is gone.
 *
 * @param always also if the dialog has given the focus back to something else
 */
export function focusRowLater(always: boolean): void {
  requestAnimationFrame(() => {
    if (!always && document.activeElement !== document.body) return
    focusRow()
  })
}

/** Leads the keyboard to what is next used of the selected service's tab, once a dialog that was closed is gone. */
export function focusPanelLater(): void {
  requestAnimationFrame(() => {
    if (!focusTaker(document.querySelector('#detail-panel'))) focusRow()
  })
}

/** Gives the focus to what is next used in a panel. @returns whether there is such a thing */
export function focusTaker(panel: Element | null): boolean {
  const takers = [...(panel?.querySelectorAll<HTMLElement>('[data-takes-focus]') ?? [])]
  // The output may be there, too, but hidden.
  const taker = takers.find((element) => element.checkVisibility())
  taker?.focus({ preventScroll: true })
  return taker !== undefined
}

function focusRow(): void {
  document.querySelector<HTMLElement>('.row[data-selected="true"] .row-select')?.focus()
}
