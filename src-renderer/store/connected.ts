import { connectStores } from './connect.ts'

// Imported before React: while its code is evaluated, the main process answers.
connectStores()
