import { ENCLAVE_VIEW } from "./memory_map.ts";

/**
 * Memory of the AE3's parts as applications see it, and the distance to the enclave's view of it
 * (alif-isp.md C.7, measured from the vendor's table for silicon B).
 */
const regions: readonly (readonly [start: number, end: number, distance: number])[] = [
  [0x0200_0000, 0x0240_0000, 0x6000_0000], // SRAM0
  [0x0800_0000, 0x0828_0000, 0x6000_0000], // SRAM1
  [0x5000_0000, 0x5004_0000, 0x4400_0000], // M55-HP ITCM
  [0x5080_0000, 0x5090_0000, 0x4400_0000], // M55-HP DTCM
  [0x5800_0000, 0x5804_0000, 0x4000_0000], // M55-HE ITCM
  [0x5880_0000, 0x5884_0000, 0x4000_0000], // M55-HE DTCM
];

/** Start of external memory, which both see at the same addresses. */
const OSPI_BASE = 0xA000_0000;

/** Returns the application's address of a place in MRAM or external memory. */
export function storeInApplicationView(address: number): number {
  return address >= OSPI_BASE ? address : (address - ENCLAVE_VIEW) >>> 0;
}

/** Returns the enclave's address of a place in RAM; undefined if there is no RAM at `address`. */
export function ramInEnclaveView(address: number): number | undefined {
  const region = regions.find(([start, end]) => address >= start && address < end);
  return region && (address + region[2]) >>> 0;
}

/** Returns the application's address of a place in RAM; undefined if there is no RAM at `address`. */
export function ramInApplicationView(address: number): number | undefined {
  const region = regions.find(([start, end, distance]) =>
    address >= (start + distance) >>> 0 && address < (end + distance) >>> 0
  );
  return region && (address - region[2]) >>> 0;
}
