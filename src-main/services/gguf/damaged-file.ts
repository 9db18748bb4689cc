/** A file that is not what it should be. The message is for people and completes "the file ...". */
export class DamagedFile extends Error {
  override name = 'DamagedFile'
}
