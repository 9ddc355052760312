import { UnbrickError } from "../../core/common/errors.ts";
import { hex } from "../../core/common/format.ts";
import { isFilledWith } from "../../core/image/inspect.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { Step } from "../../core/plan/step.ts";
import type { LoaderKind } from "./loader.ts";
import { regions, SECTOR } from "./memory_map.ts";
import { text } from "../../core/common/text.ts";

const { start } = regions.filesystem;

/**
 * Returns the step that erases the disk's first sector, so that the firmware makes a new file
 * system.
 */
export function eraseFilesystemStep(loader: LoaderKind): Step {
  return {
    id: "filesystem",
    title: text`Erase the file system`,
    weight: 80,
    effect: "erases",
    targets: [{ region: text`file system`, address: start, length: SECTOR }],
    isDone: (context) => context.use(loader, async ({ client }) => blankProof(await read(client))),
    run: (context) =>
      context.use(loader, async ({ client }) => {
        await client.eraseRegion(start, SECTOR);
      }),
    prove: (context) =>
      context.use(loader, async ({ client }) => {
        const proof = blankProof(await read(client));
        if (proof) return proof;
        throw new UnbrickError("verify-failed", text`The sector at ${hex(start)} is not blank.`, {
          address: start,
        });
      }),
  };
}

async function read(client: { readMemory(at: number, length: number): Promise<Uint8Array> }) {
  return await client.readMemory(start, SECTOR);
}

function blankProof(bytes: Uint8Array): Proof | undefined {
  if (!isFilledWith(bytes, 0xff)) return undefined;
  const claim = text`The first sector of the file system at ${hex(start)} is blank.`;
  return { claim, evidence: "read-back", address: start, bytes: bytes.length };
}
