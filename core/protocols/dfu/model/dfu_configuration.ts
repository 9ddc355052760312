/** What a DFU device in DFU mode says in its configuration descriptor. */
export interface DfuConfiguration {
  readonly alternates: number;
  /** iInterface of alternate setting 0; the others follow. */
  readonly firstString: number;
  readonly bmAttributes: number;
  /** In units of 2 mA. */
  readonly bMaxPower: number;
  /** bmAttributes of the functional descriptor. */
  readonly dfuAttributes: number;
  /** Milliseconds. */
  readonly wDetachTimeOut: number;
  /** Bytes. */
  readonly wTransferSize: number;
  readonly bcdDFUVersion: number;
}

/**
 * The configuration descriptor, 18 + 9 × alternates bytes: one interface whose functional descriptor
 * follows the last alternate setting (dfu-dfuse.md A1, F1).
 */
export function dfuConfiguration(fields: DfuConfiguration): Uint8Array {
  const { alternates, firstString } = fields;
  const total = 18 + 9 * alternates;
  return Uint8Array.from([
    ...[9, 2, ...u16(total), 1, 1, 0, fields.bmAttributes, fields.bMaxPower],
    ...Array.from({ length: alternates }, (_, i) => [9, 4, 0, i, 0, 0xfe, 1, 2, firstString + i])
      .flat(),
    ...[9, 0x21, fields.dfuAttributes, ...u16(fields.wDetachTimeOut)],
    ...[...u16(fields.wTransferSize), ...u16(fields.bcdDFUVersion)],
  ]);
}

const u16 = (value: number) => [value & 0xff, value >> 8];
