import { UnbrickError } from "../../../common/errors.ts";
import { byteSize, hex } from "../../../common/format.ts";

/** The flash driver that OpenBootloader runs from SRAM (stm32n6-serial-boot.md C.5). */

/** Where it is loaded, and how much room it has there. */
export const LOADER_ADDRESS = 0x3800_0000;
export const LOADER_SIZE = 32_768;

/** Its first words are pointers to these functions. */
const LOADER_FUNCTIONS = [
  "Init",
  "Write",
  "SectorErase",
  "MassErase",
  "CheckSum",
  "Verify",
  "Read",
] as const;
export type LoaderFunction = typeof LOADER_FUNCTIONS[number];

/** Functions without which nothing is written, or nothing checked. */
const NEEDED: readonly LoaderFunction[] = ["Init", "Write", "SectorErase", "Verify"];

/** True if the word at the function's place points at Thumb code inside `length` bytes. */
export function hasFunction(bytes: Uint8Array, name: LoaderFunction, length: number): boolean {
  const at = LOADER_FUNCTIONS.indexOf(name) * 4;
  if (bytes.length < at + 4) return false;
  const pointer = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
  const end = LOADER_ADDRESS + Math.min(LOADER_SIZE - 2, length);
  return pointer % 2 === 1 && pointer > LOADER_ADDRESS && pointer <= end;
}

/**
 * Checks a flash driver. OpenBootloader would skip a missing function in silence.
 * @throws UnbrickError `bad-image`; data: `file`, `offset`.
 */
export function checkExternalLoader(bytes: Uint8Array, name: string): void {
  const refuse = (offset: number, reason: string) =>
    new UnbrickError("bad-image", `${name} at offset ${hex(offset, 1)}: ${reason}`, {
      file: name,
      offset,
    });
  if (bytes.length === 0) throw refuse(0, "the file is empty.");
  if (bytes[0] === 0x7F && bytes[1] === 0x45 && bytes[2] === 0x4C && bytes[3] === 0x46) {
    throw refuse(
      0,
      "this is an ELF file (.stldr); the raw flash loader for OpenBootloader is needed.",
    );
  }
  if (bytes.length > LOADER_SIZE) {
    throw refuse(
      LOADER_SIZE,
      `a flash loader has at most ${byteSize(LOADER_SIZE)}, this file ${byteSize(bytes.length)}.`,
    );
  }
  for (const needed of NEEDED) {
    if (hasFunction(bytes, needed, bytes.length)) continue;
    throw refuse(
      LOADER_FUNCTIONS.indexOf(needed) * 4,
      `no pointer to the function ${needed}: this is not a flash loader for ${
        hex(LOADER_ADDRESS)
      }.`,
    );
  }
}
