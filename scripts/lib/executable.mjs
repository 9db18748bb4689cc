import { accessSync, constants } from 'node:fs'

/**
 * @param {string} file
 * @returns {boolean} false also if it is not there
 */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
