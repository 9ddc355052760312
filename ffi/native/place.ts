/** A place to put the library files of the executable, so that the system loads them. */
export interface LibraryPlace {
  /** Name for people: `memory`, or the folder. */
  readonly name: string;
  /**
   * Puts a library there, opens it by its path, and removes it again if the system permits it.
   * @throws Error if the system refuses one of these
   */
  load<T>(bytes: Uint8Array<ArrayBuffer>, fileName: string, open: (path: string) => T): T;
}
