import { text, type Words } from "../../../common/text.ts";

/** Codes that the enclave reports when it cannot start something (alif-isp.md C.6, F.2). */

const serom: Readonly<Record<number, Words>> = {
  0x06: text`its memory (MRAM) could not be initialised`,
  0x07: text`its memory (MRAM) did not become ready`,
  0x08: text`writing to its memory (MRAM) failed`,
  0x09: text`the extended header has no offset`,
  0x0A: text`the extended header's offset is too large`,
  0x0B: text`an object has no offset`,
  0x0C: text`an object is misaligned`,
  0x0D: text`an object's offset is too large`,
  0x0E: text`an object's offset is too small`,
  0x0F: text`the extended header is misaligned`,
  0x10: text`the table's offset is invalid`,
  0x11: text`the table's checksum is wrong`,
  0x12: text`the table has the wrong beginning`,
  0x13: text`the table has a wrong number of entries`,
  0x14: text`a certificate is missing`,
  0x15: text`a certificate is missing`,
  0x16: text`the certificate chain is invalid`,
  0x17: text`the customer's root of trust is invalid`,
  0x18: text`a certificate is invalid`,
  0x19: text`the first certificate is invalid`,
  0x1A: text`the second certificate is invalid`,
  0x1B: text`the third certificate is invalid`,
  0x1C: text`a load address is invalid`,
  0x1D: text`the firmware failed verification in memory`,
  0x1E: text`the firmware has no length`,
  0x1F: text`the firmware is encrypted in a way it cannot read`,
  0x20: text`the firmware failed verification`,
  0x21: text`the firmware is too large`,
  0x22: text`raw firmware is not allowed`,
  0x23: text`the firmware returned`,
  0x24: text`the firmware did not start`,
  0x25: text`the firmware's start address is invalid`,
  0x26: text`neither of the two copies of the firmware is valid`,
  0x27: text`the extended header is too small`,
  0x30: text`the pointer to the table is invalid`,
  0x31: text`a fuse could not be read`,
  0x33: text`its memory has an error that cannot be corrected`,
  0x50: text`its firmware crashed`,
};

const ses: Readonly<Record<number, Words>> = {
  0x01: text`the table's address is invalid`,
  0x02: text`the table's offset is invalid`,
  0x03: text`the table is not aligned`,
  0x04: text`an address is outside the memory`,
  0x05: text`an entry's flags are invalid`,
  0x06: text`an image is damaged`,
  0x07: text`an image in memory could not be verified`,
  0x08: text`an image in flash could not be verified`,
  0x09: text`a load address is invalid`,
  0x0A: text`a certificate chain is invalid`,
  0x0B: text`a storage address is invalid`,
  0x0C: text`a device address is invalid`,
  0x0D: text`an image could not be unpacked`,
  0x0E: text`a signature is invalid`,
  0x0F: text`an image is in a protected area`,
  0x10: text`an image is in a protected area`,
  0x11: text`the table's checksum is wrong`,
  0x12: text`the table is invalid`,
  0x13: text`the table has too many entries`,
  0x14: text`an entry is neither an image nor a device configuration`,
  0x15: text`an entry's id is invalid`,
  0x16: text`an entry names no processor of this part`,
  0x17: text`an entry is not signed`,
  0x18: text`an image would be loaded over itself`,
  0x19: text`there is no room left for entries`,
  0x1A: text`the start address of a processor is invalid`,
  0x1B: text`an entry was not found`,
  0x1C: text`an entry cannot be started`,
  0x1D: text`an entry cannot be started`,
  0x1E: text`an entry cannot be started`,
  0x1F: text`an image could not be unpacked`,
  0x20: text`the table was made for another part`,
  0x21: text`an update failed`,
  0x22: text`an update failed`,
};

/** Returns why the enclave's ROM did not start its firmware. */
export function seromErrorText(code: number): Words {
  return serom[code] ??
    (code <= 5 ? text`its crypto engine did not start` : `error 0x${hex2(code)}`);
}

/** Returns why the enclave's firmware did not start the application. */
export function sesErrorText(code: number): Words {
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
