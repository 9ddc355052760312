import { array, padding, struct, u32 } from "../../../../common/struct.ts";
import { EntryFlag, EntryType } from "../../packets/atoc.ts";
import { buildTocPackage, padToc } from "../../packets/build_toc.ts";
import { BOOTLOADER_ADDRESS } from "../../packets/memory_map.ts";
import { BOOT_ENTRY } from "../../packets/toc_check.ts";
import { sampleSigner } from "./sign.ts";

export interface SampleTocOptions {
  readonly bootloader: Uint8Array;
  readonly hpFirmware: Uint8Array;
  readonly heFirmware: Uint8Array;
  /** Makes a table of version 2 that is bound to this part. */
  readonly part?: string;
}

/** Crystals and firewall of the AE3, as the real device configuration declares them (alif-isp.md C.7). */
export const sampleDeviceConfig: Uint8Array = struct("device configuration", {
  crystals: array(u32, 9),
  firewall: u32,
  components: padding(64),
  others: array(u32, 4),
}).encode({
  crystals: [0x0A00_0020, 1, 1, 0x0001_0001, 0x17D0_0000, 0x0002_0001, 1, 0x0003_0001, 32_768],
  firewall: 0x0500_0040,
  others: [0x0100_0000, 0x0700_0000, 0x0900_0000, 0xFE00_0000],
});

const M55_HP = 2, M55_HE = 3, NONE = 15;

/** Returns a firmware_pad.toc of 8192 bytes, like the AE3's, for a simulated camera. */
export function sampleToc(options: SampleTocOptions): Uint8Array {
  const { bootloader, hpFirmware, heFirmware, part } = options;
  const image = (name: string, bytes: Uint8Array, address: number, flags: number) => ({
    name,
    bytes,
    address,
    type: EntryType.IMAGE,
    flags,
    version: 0x0100_0000,
  });
  const config = {
    name: "DEVICE",
    bytes: sampleDeviceConfig,
    type: EntryType.DEVICE_CONFIG,
    flags: NONE,
    version: 0x0005_0000,
  };
  return padToc(buildTocPackage(
    [
      config,
      image(BOOT_ENTRY, bootloader, BOOTLOADER_ADDRESS, EntryFlag.BOOT | M55_HP),
      image("HP_APP", hpFirmware, 0x8002_0000, EntryFlag.DEFERRED | M55_HP),
      image("HE_APP", heFirmware, 0x8032_0000, EntryFlag.DEFERRED | M55_HE),
    ],
    { signer: sampleSigner("production") },
    part,
  ));
}
