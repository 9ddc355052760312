import { UnbrickError } from "../../../common/errors.ts";
import { struct, u32, type ValueOf } from "../../../common/struct.ts";
import { byteSize, hex } from "../../../common/format.ts";
import { text, type Words } from "../../../common/text.ts";

/** The flash driver that OpenBootloader runs from SRAM (stm32n6-serial-boot.md C.5). */

/** The address where it is loaded, and the space there in bytes. */
export const LOADER_ADDRESS = 0x3800_0000;
export const LOADER_SIZE = 32_768;

/** Its first 28 bytes: pointers to its functions. */
export const LoaderFunctions = struct("flash loader", {
  Init: u32,
  Write: u32,
  SectorErase: u32,
  MassErase: u32,
  CheckSum: u32,
  Verify: u32,
  Read: u32,
});
export type LoaderFunction = keyof ValueOf<typeof LoaderFunctions>;

/** Functions without which nothing is written or checked. */
const NEEDED: readonly LoaderFunction[] = ["Init", "Write", "SectorErase", "Verify"];

/** Returns true if the function's pointer points to Thumb code inside `length` bytes. */
export function hasFunction(bytes: Uint8Array, name: LoaderFunction, length: number): boolean {
  const pointer = LoaderFunctions.tryDecode(bytes)?.[name] ?? 0;
  const end = LOADER_ADDRESS + Math.min(LOADER_SIZE - 2, length);
  return pointer % 2 === 1 && pointer > LOADER_ADDRESS && pointer <= end;
}

/**
 * Checks a flash driver. OpenBootloader would silently skip a missing function.
 * @throws UnbrickError `bad-image`; data: `file`, `offset`.
 */
export function checkExternalLoader(bytes: Uint8Array, name: string): void {
  const refuse = (offset: number, reason: Words) =>
    new UnbrickError("bad-image", text`${name} at offset ${hex(offset, 1)}: ${reason}`, {
      file: name,
      offset,
    });
  if (bytes.length === 0) throw refuse(0, text`the file is empty.`);
  if (bytes[0] === 0x7F && bytes[1] === 0x45 && bytes[2] === 0x4C && bytes[3] === 0x46) {
    throw refuse(
      0,
      text`this is an ELF file (.stldr); the raw flash loader for OpenBootloader is needed.`,
    );
  }
  if (bytes.length > LOADER_SIZE) {
    throw refuse(
      LOADER_SIZE,
      text`a flash loader has at most ${byteSize(LOADER_SIZE)}, this file ${
        byteSize(bytes.length)
      }.`,
    );
  }
  for (const needed of NEEDED) {
    if (hasFunction(bytes, needed, bytes.length)) continue;
    throw refuse(
      LoaderFunctions.offsets[needed],
      text`no pointer to the function ${needed}: this is not a flash loader for
        ${hex(LOADER_ADDRESS)}.`,
    );
  }
}
