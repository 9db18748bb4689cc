/**
 * Name of a service's folder in the log directory: its key, percent-encoded. Windows drops a dot at the end of a name, so it is
 * encoded, too.
 */
export const logFolderName = (key: string): string => encodeURIComponent(key).replace(/\.$/, '%2E')
