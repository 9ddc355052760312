import type { JobOptions } from "../../core/family/family.ts";
import { type MemoryWrite, writeStep } from "../../core/plan/write_step.ts";
import type { Step } from "../../core/plan/step.ts";
import { EXTERNAL_FLASH } from "./boards.ts";
import { withDfu } from "./dfu.ts";

/** Milliseconds to send, program and read back one byte (inferred). */
const MS_PER_BYTE = 1 / 100;
/** Time for one sector in the chip, 128 KiB (dfu-dfuse.md B7), or outside it, 4 KiB (inferred). */
const INTERNAL_ERASE_MS = 900, EXTERNAL_ERASE_MS = 60;

/** Returns the step that writes the content if it differs, and reads it back. */
export function writeStepAt(
  write: Omit<MemoryWrite, "weight" | "use">,
  { rewrite = false }: JobOptions = {},
): Step {
  const { address, content } = write;
  const { length } = content instanceof Uint8Array ? content : content.bytes;
  return writeStep({
    ...write,
    weight: length * MS_PER_BYTE + eraseMs(address, length),
    use: (context, work) =>
      withDfu(context, address, (memory) =>
        work({
          verifyRange: (...range) => memory.verifyRange(...range),
          writeRange: (address, bytes, run) =>
            memory.writeRange(address, bytes, { ...run, compareFirst: !rewrite }),
        })),
  });
}

function eraseMs(address: number, length: number): number {
  return address < EXTERNAL_FLASH
    ? Math.ceil(length / 0x2_0000) * INTERNAL_ERASE_MS
    : Math.ceil(length / 0x1000) * EXTERNAL_ERASE_MS;
}
