/** What the enclave reports when it cannot start something (alif-isp.md C.6, F.2). */

const serom: Readonly<Record<number, string>> = {
  0x06: "its memory (MRAM) could not be initialised",
  0x07: "its memory (MRAM) did not become ready",
  0x08: "writing to its memory (MRAM) failed",
  0x09: "the extended header has no offset",
  0x0A: "the extended header's offset is too large",
  0x0B: "an object has no offset",
  0x0C: "an object is misaligned",
  0x0D: "an object's offset is too large",
  0x0E: "an object's offset is too small",
  0x0F: "the extended header is misaligned",
  0x10: "the table's offset is invalid",
  0x11: "the table's checksum is wrong",
  0x12: "the table does not begin as it must",
  0x13: "the table has a wrong number of entries",
  0x14: "a certificate is missing",
  0x15: "a certificate is missing",
  0x16: "the certificate chain is invalid",
  0x17: "the customer's root of trust is invalid",
  0x18: "a certificate is invalid",
  0x19: "the first certificate is invalid",
  0x1A: "the second certificate is invalid",
  0x1B: "the third certificate is invalid",
  0x1C: "a load address is invalid",
  0x1D: "the firmware failed verification in memory",
  0x1E: "the firmware has no length",
  0x1F: "the firmware is encrypted in a way it cannot read",
  0x20: "the firmware failed verification",
  0x21: "the firmware is too large",
  0x22: "raw firmware is not allowed",
  0x23: "the firmware returned",
  0x24: "the firmware did not start",
  0x25: "the firmware's start address is invalid",
  0x26: "neither of the two copies of the firmware is valid",
  0x27: "the extended header is too small",
  0x30: "the pointer to the table is invalid",
  0x31: "a fuse could not be read",
  0x33: "its memory has an error that cannot be corrected",
  0x50: "its firmware crashed",
};

const ses: Readonly<Record<number, string>> = {
  0x01: "the table's address is invalid",
  0x02: "the table's offset is invalid",
  0x03: "the table is not aligned",
  0x04: "an address is outside of the memory",
  0x05: "an entry's flags are invalid",
  0x06: "an image is damaged",
  0x07: "an image in memory could not be verified",
  0x08: "an image in flash could not be verified",
  0x09: "a load address is invalid",
  0x0A: "a certificate chain is invalid",
  0x0B: "a storage address is invalid",
  0x0C: "a device address is invalid",
  0x0D: "an image could not be unpacked",
  0x0E: "a signature is invalid",
  0x0F: "an image lies in a protected area",
  0x10: "an image lies in a protected area",
  0x11: "the table's checksum is wrong",
  0x12: "the table is invalid",
  0x13: "the table has too many entries",
  0x14: "an entry is neither an image nor a device configuration",
  0x15: "an entry's id is invalid",
  0x16: "an entry names no processor of this part",
  0x17: "an entry is not signed",
  0x18: "an image would be loaded over itself",
  0x19: "there is no room left for entries",
  0x1A: "the start address of a processor is invalid",
  0x1B: "an entry was not found",
  0x1C: "an entry cannot be started",
  0x1D: "an entry cannot be started",
  0x1E: "an entry cannot be started",
  0x1F: "an image could not be unpacked",
  0x20: "the table was made for another part",
  0x21: "an update failed",
  0x22: "an update failed",
};

/** Why the enclave's ROM did not start its firmware. */
export function seromErrorText(code: number): string {
  return serom[code] ?? (code <= 5 ? "its crypto engine did not start" : `error 0x${hex2(code)}`);
}

/** Why the enclave's firmware did not start the application. */
export function sesErrorText(code: number): string {
  return ses[code] ?? `error 0x${hex2(code)}`;
}

/** Codes that the models report. */
export const SeromError = {
  HEADER_CRC: 0x11,
  HEADER_MAGIC: 0x12,
  BOTH_BANKS_INVALID: 0x26,
  TOC_OFFSET: 0x30,
} as const;

export const SesError = {
  IMAGE_VERIFY: 0x08,
  CHAIN: 0x0A,
  STORAGE_ADDRESS: 0x0B,
  TOC_CRC: 0x11,
  TOC_INVALID: 0x12,
  TOO_MANY: 0x13,
  NOT_SIGNED: 0x17,
  DEVICE_MISMATCH: 0x20,
} as const;

function hex2(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}
