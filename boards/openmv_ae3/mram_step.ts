import { wholeLines } from "../../core/protocols/alif_isp/packets/bytes.ts";
import {
  compareMram,
  isReadRefused,
  verifyMram,
} from "../../core/protocols/alif_isp/client/read_back.ts";
import { writeImage } from "../../core/protocols/alif_isp/client/write_image.ts";
import type { Image } from "../../core/image/image.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { Step } from "../../core/plan/step.ts";
import { writeProgress } from "../../core/plan/write_progress.ts";
import { partitions } from "./boards.ts";
import { withMaintenance } from "./enclave.ts";
import { ispWriteMs } from "./timing.ts";

/** An image that goes into MRAM through the Secure Enclave. */
export interface MramImage {
  readonly id: string;
  readonly partition: string;
  readonly region: string;
  readonly image: Image;
}

/**
 * Writes an image unless it is there already, and reads it back. A chip that does not let its memory be
 * read gives no proof here; the new bootloader does later.
 * @param restored evidence that everything is there already.
 */
export function mramStep(
  { id, partition, region, image }: MramImage,
  restored: () => Proof | undefined,
): Step {
  const { start } = partitionNamed(partitions, partition);
  const bytes = wholeLines(image.bytes);
  const proof: Proof = {
    claim: `The ${region} equals ${image.name} (${image.bytes.length} bytes).`,
    evidence: "read-back",
    address: start,
    bytes: image.bytes.length,
    sha256: image.sha256,
  };
  const run = (context: StepContext, onProgress: (done: number) => void) => ({
    signal: context.signal,
    onProgress,
  });
  return {
    id,
    title: `Write the ${region}`,
    weight: ispWriteMs(bytes.length),
    effect: "writes",
    targets: [{
      region,
      address: start,
      length: image.bytes.length,
      sha256: image.sha256,
      image: image.name,
    }],
    async isDone(context) {
      const already = restored();
      if (already) return already;
      return await withMaintenance(context, async (client) => {
        const { compared } = writeProgress(context, bytes.length);
        try {
          const different = await compareMram(client, start, bytes, run(context, compared));
          return different === undefined ? proof : undefined;
        } catch (error) {
          if (isReadRefused(error)) return undefined;
          throw error;
        }
      });
    },
    async run(context) {
      await withMaintenance(context, async (client) => {
        context.markChanged(`the ${region}`);
        const { written } = writeProgress(context, bytes.length);
        await writeImage(client, start, bytes, run(context, written));
      });
    },
    async prove(context) {
      return await withMaintenance(context, async (client) => {
        const { verified } = writeProgress(context, bytes.length);
        try {
          await verifyMram(client, start, bytes, region, run(context, verified));
          return proof;
        } catch (error) {
          if (!isReadRefused(error)) throw error;
          context.note(
            `The Secure Enclave does not let the ${region} be read; the new bootloader must read it.`,
          );
          return undefined;
        }
      });
    },
  };
}
