/*
 * What the contract allows per request. Repeated here, and compared by a test, because importing the contract's values
 * would bring its schemas, and the library they are made of, into the window.
 */
export const MAX_PROMPT_LENGTH = 100_000
export const MAX_TOKENS = 100_000
