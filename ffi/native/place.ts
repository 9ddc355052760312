/** Where the library files inside the executable can be put, so that the system loads them. */
export interface LibraryPlace {
  /** For people: `memory`, or the folder. */
  readonly name: string;
  /**
   * Puts a library there, has it opened by its path, and takes it away again where the system permits it.
   * @throws Error if the system refuses one of these
   */
  load<T>(bytes: Uint8Array<ArrayBuffer>, fileName: string, open: (path: string) => T): T;
}
