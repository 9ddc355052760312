/** A function that reads bytes from outside. */
export interface Reader {
  readonly name: string;
  /** Correct inputs, from which nearly correct ones are made. */
  readonly samples: readonly Uint8Array[];
  /** Corrects the checksums of a changed input, so that reading continues. */
  readonly repaired?: (bytes: Uint8Array) => Uint8Array;
  /** May throw only UnbrickErrors. Returns how many bytes it produced, if that can be many. */
  read(bytes: Uint8Array): number | void;
}
