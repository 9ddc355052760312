/**
 * What is unknown about the ROM of the STM32N6 (stm32n6-serial-boot.md E), as switches of the
 * model. The first value of each is the default.
 */
export const romSwitches = {
  /** Order of the five alternate settings. */
  order: ["fsbl-first", "virtual-first", "reversed"],
  /**
   * Names of the alternate settings: with ids, with ids and no space, or with an address as one
   * README shows.
   */
  names: ["ids", "tight", "addresses"],
  /** wTransferSize. */
  transferSize: [1024, 512, 2048, 4096],
  /** bcdDFUVersion; at 0x011A the first data block has the number 2. */
  dfuVersion: [0x0110, 0x011A],
  /** Product string with or without the device id. */
  product: ["device-id", "plain"],
  /** GetPhase before the download. */
  phaseBefore: ["answers", "stalls", "silent"],
  /** GetPhase after the download. */
  phaseAfter: ["answers", "stalls", "silent"],
  /** A GetPhase answer of 9 or 10 bytes, or padded to wLength. */
  phaseLength: ["short", "full"],
  /** What starts the image: DETACH or the end of the download. */
  start: ["detach", "manifest", "manifest-request"],
  /** What the host gets for DETACH. */
  detach: ["drops", "stalls", "silent", "acknowledged"],
  /** After DETACH, the ROM leaves at once or only after a port reset. */
  leaves: ["at-once", "after-reset"],
  /** A bus reset leads to dfuIDLE; what was downloaded before stays until an ABORT, or does not. */
  busReset: ["keeps-bytes", "forgets"],
  /** The result of an image that fails the ROM's checks. */
  badImage: ["error", "restarts"],
  /** The serial number is OpenBootloader's or another. */
  serial: ["same", "other"],
} as const;

export type RomSwitches = { [K in keyof typeof romSwitches]: (typeof romSwitches)[K][number] };

/** Every switch with its first value. */
export const defaultSwitches = Object.fromEntries(
  Object.entries(romSwitches).map(([name, values]) => [name, values[0]]),
) as unknown as RomSwitches;

const ID_NAMES = {
  fsbl: "@FSBL /0x01/1*512Ke",
  firmware: "@RSSE_FW /0xF3/1*256Ke",
  blob: "@RSSE_BLOB /0xF5/1*256Ke",
  plugin: "@RSSE_PLUGIN /0xF6/1*256Ke",
  virtual: "@virtual /0xF1/1*512Be",
};

/** An alternate setting: its string and its phase id. */
export interface RomAlternate {
  readonly name: string;
  readonly id: number;
}

/** Returns the alternate settings for a setting of `order` and `names`. */
export function romAlternates({ order, names }: RomSwitches): RomAlternate[] {
  const spelled = (text: string) => names === "tight" ? text.replace(" /", "/") : text;
  const fsbl = names === "addresses" ? "@FSBL /0x34180400/01*512Kg" : spelled(ID_NAMES.fsbl);
  const listed = [
    { name: fsbl, id: 0x01 },
    { name: spelled(ID_NAMES.firmware), id: 0xF3 },
    { name: spelled(ID_NAMES.blob), id: 0xF5 },
    { name: spelled(ID_NAMES.plugin), id: 0xF6 },
    { name: spelled(ID_NAMES.virtual), id: 0xF1 },
  ];
  if (order === "reversed") return listed.reverse();
  return order === "virtual-first" ? [listed[4], ...listed.slice(0, 4)] : listed;
}
