/** Something that reads bytes it did not write. */
export interface Reader {
  readonly name: string;
  /** Right inputs, from which nearly right ones are made. */
  readonly samples: readonly Uint8Array[];
  /** Makes the check sums of a changed input right again, so that it is read on. */
  readonly repaired?: (bytes: Uint8Array) => Uint8Array;
  /** May throw UnbrickErrors alone. Gives how many bytes it made of them, where that may be many. */
  read(bytes: Uint8Array): number | void;
}
