/*
 * What the contract allows per request. Repeated here, and compared by a test, because importing the contract's values
 * would bring its schemas, and the library they are made of, into the window.
 */
export const MAX_PAGE_ROWS = 2000
export const MAX_PICKED_ROWS = 500
export const MAX_COPY_LENGTH = 64 * 1024 * 1024
export const MAX_SEARCH_LENGTH = 1000
