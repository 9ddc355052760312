import { crc32 } from "node:zlib";
import { ATOC_MAGIC, EntryFlag, EntryType } from "../atoc.ts";
import { concat, padded, u32 } from "../bytes.ts";
import { BOOTLOADER_ADDRESS, SYSTEM_BASE, TOC_SIZE } from "../memory_map.ts";
import { BOOT_ENTRY } from "../toc_check.ts";
import { contentCertificate } from "./sign.ts";

export interface SampleTocOptions {
  readonly bootloader: Uint8Array;
  readonly hpFirmware: Uint8Array;
  readonly heFirmware: Uint8Array;
  /** Makes a table of version 2 that is bound to this part. */
  readonly part?: string;
}

/** Crystals and firewall of the AE3, as the real device configuration declares them (alif-isp.md C.7). */
export const sampleDeviceConfig: Uint8Array = concat(
  u32(0x0A00_0020, 0x0000_0001, 1, 0x0001_0001, 0x17D0_0000, 0x0002_0001, 1, 0x0003_0001, 32_768),
  u32(0x0500_0040),
  new Uint8Array(64),
  u32(0x0100_0000, 0x0700_0000, 0x0900_0000, 0xFE00_0000),
);

const M55_HP = 2, M55_HE = 3, NONE = 15;

/** A firmware_pad.toc of 8192 bytes, as the AE3's, for a simulated camera. */
export function sampleToc(options: SampleTocOptions): Uint8Array {
  const { bootloader, hpFirmware, heFirmware, part } = options;
  const fixed = [
    { name: BOOT_ENTRY, image: bootloader, at: BOOTLOADER_ADDRESS, flags: EntryFlag.BOOT | M55_HP },
    { name: "HP_APP", image: hpFirmware, at: 0x8002_0000, flags: EntryFlag.DEFERRED | M55_HP },
    { name: "HE_APP", image: heFirmware, at: 0x8032_0000, flags: EntryFlag.DEFERRED | M55_HE },
  ];
  const config = sampleDeviceConfig;
  const certificates = fixed.map(({ image, at }) => contentCertificate(image, at));
  const managed = concat(contentCertificate(config, 0xFFFF_FFFF), lines(config));
  const body = concat(...certificates, managed);
  const count = fixed.length + 1;
  const size = body.length + 32 + 32 * count + 16;
  const start = SYSTEM_BASE - size;
  const slot = (index: number) => start + index * certificates[0].length;
  const header = concat(
    padded(ATOC_MAGIC, 8),
    new Uint8Array(new Uint16Array([32, count, 32, part ? 2 : 1]).buffer),
    padded(part ?? "", 16),
  );
  const entry = (name: string, at: number, length: number, rest: readonly number[]) =>
    concat(u32(at, length, ...rest), padded(name, 8), u32(0));
  const { IMAGE, DEVICE_CONFIG } = EntryType;
  const table = concat(
    header,
    entry("DEVICE", slot(fixed.length), config.length, [DEVICE_CONFIG, NONE, 0x0005_0000]),
    ...fixed.map(({ name, image, flags }, index) =>
      entry(name, slot(index), image.length, [IMAGE, flags, 0x0100_0000])
    ),
  );
  const tail = u32(crc32(table), SYSTEM_BASE - 16 - table.length, start, size);
  return concat(new Uint8Array(TOC_SIZE - size), body, table, tail);
}

/** Filled up to whole lines of MRAM. */
function lines(bytes: Uint8Array): Uint8Array {
  return padded("", Math.ceil(bytes.length / 16) * 16).map((_, at) => bytes[at] ?? 0);
}
