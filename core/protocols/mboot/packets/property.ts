/** Properties of the MCU bootloader that unbrick uses (imxrt-sdp-flashloader.md B7). */
export const Property = {
  CURRENT_VERSION: 1,
  AVAILABLE_PERIPHERALS: 2,
  FLASH_START: 3,
  FLASH_SIZE: 4,
  FLASH_SECTOR_SIZE: 5,
  AVAILABLE_COMMANDS: 7,
  VERIFY_WRITES: 10,
  MAX_PACKET_SIZE: 11,
  RESERVED_REGIONS: 12,
  RAM_START: 14,
  RAM_SIZE: 15,
  SYSTEM_DEVICE_ID: 16,
  SECURITY_STATE: 17,
  UNIQUE_DEVICE_ID: 18,
  TARGET_VERSION: 24,
  EXTERNAL_MEMORY_ATTRIBUTES: 25,
} as const;

/** Names of all known property ids, for messages. */
export const propertyNames: Readonly<Record<number, string>> = {
  1: "Current Version",
  2: "Available Peripherals",
  3: "Flash Start Address",
  4: "Flash Size",
  5: "Flash Sector Size",
  6: "Flash Block Count",
  7: "Available Commands",
  8: "CRC Check Status",
  9: "Last Error",
  10: "Verify Writes Flag",
  11: "Max Packet Size",
  12: "Reserved Regions",
  13: "Validate Regions Flag",
  14: "RAM Start Address",
  15: "RAM Size",
  16: "System Device Id",
  17: "Flash Security State",
  18: "Unique Device Id",
  19: "FAC Support",
  20: "Flash Access Segment Size",
  21: "Flash Access Segment Count",
  22: "Flash Read Margin",
  23: "QSPI Initialization Status",
  24: "Target Version",
  25: "External Memory Attributes",
};

/** Returns a version as text: `K2.8.0` for the word 0x4B020800. */
export function versionText(word: number): string {
  const byte = (at: number) => (word >>> at) & 0xff;
  const mark = byte(24);
  const letter = mark >= 0x20 && mark < 0x7f ? String.fromCharCode(mark) : "";
  return `${letter}${byte(16)}.${byte(8)}.${byte(0)}`;
}

/** Property 25: what is known about an external memory; unknown fields are omitted. */
export interface ExternalMemory {
  readonly start?: number;
  readonly sizeKiB?: number;
  readonly pageSize?: number;
  readonly sectorSize?: number;
  readonly blockSize?: number;
}

/** Reads the values of property 25: a mask of the valid words, then five words. */
export function externalMemoryOf(values: readonly number[]): ExternalMemory {
  const [mask = 0, ...words] = values;
  const field = (bit: number) => mask & (1 << bit) ? words[bit] : undefined;
  return {
    start: field(0),
    sizeKiB: field(1),
    pageSize: field(2),
    sectorSize: field(3),
    blockSize: field(4),
  };
}

/** Memory id of the FlexSPI NOR in configure-memory, erase-all and property 25. */
export const MEMORY_FLEXSPI_NOR = 9;
