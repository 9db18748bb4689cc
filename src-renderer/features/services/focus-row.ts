/**
 * Leads the keyboard to the selected service of the list, once a dialog that was closed is gone.
 *
 * @param always also if the dialog has given the focus back to something else
 */
export function focusRowLater(always: boolean): void {
  requestAnimationFrame(() => {
    if (!always && document.activeElement !== document.body) return
    document.querySelector<HTMLElement>('.row[data-selected="true"] .row-select')?.focus()
  })
}
