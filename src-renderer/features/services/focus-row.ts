/** Leads the keyboard to the selected service of the list. */
export function focusSelectedRow(): void {
  document.querySelector<HTMLElement>('.row[data-selected="true"] .row-select')?.focus()
}
