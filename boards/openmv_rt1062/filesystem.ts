import { hex } from "../../core/common/format.ts";
import { sha256 } from "../../core/common/sha256.ts";
import { readBackProof, readBackProofIfEqual } from "../../core/plan/memory_proof.ts";
import type { OnRead } from "../../core/plan/read_back.ts";
import type { Step } from "../../core/plan/step.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { LoaderKind } from "./loader.ts";
import { regions, SECTOR } from "./memory_map.ts";
import { text } from "../../core/common/text.ts";

const { start } = regions.filesystem;
const blank = () => sha256(new Uint8Array(SECTOR).fill(0xFF));

/**
 * Returns the step that erases the disk's first sector, so that the firmware makes a new file
 * system.
 */
export function eraseFilesystemStep(loader: LoaderKind): Step {
  const target = { region: text`file system`, address: start, length: SECTOR, sha256: blank() };
  const claim = text`The first sector of the file system at ${hex(start)} is blank.`;
  const read = (context: StepContext) => (onRead: OnRead) =>
    context.use(loader, async ({ client }) => {
      onRead(await client.readMemory(start, SECTOR), start);
    });
  return {
    id: "filesystem",
    title: text`Erase the file system`,
    weight: 80,
    effect: "erases",
    targets: [target],
    isDone: (context) => readBackProofIfEqual(context, [target], read(context), claim),
    run: (context) =>
      context.use(loader, async ({ client }) => {
        await client.eraseRegion(start, SECTOR);
      }),
    prove: (context) => readBackProof(context, [target], read(context), claim),
  };
}
