import { wholeLines } from "../../core/protocols/alif_isp/packets/bytes.ts";
import { isReadRefused, verifyMram } from "../../core/protocols/alif_isp/client/read_back.ts";
import { isKind } from "../../core/common/errors.ts";
import { writeImage } from "../../core/protocols/alif_isp/client/write_image.ts";
import type { Image } from "../../core/image/image.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { readBackProof } from "../../core/plan/memory_proof.ts";
import type { Proof } from "../../core/plan/proof.ts";
import { imageTarget, type Step } from "../../core/plan/step.ts";
import { writeProgress } from "../../core/plan/write_progress.ts";
import { partitions } from "./boards.ts";
import { withMaintenance } from "./enclave.ts";
import { restoreFacts } from "./restore_facts.ts";
import { ispWriteMs } from "./timing.ts";
import { text, type Words } from "../../core/common/text.ts";

/** An image that goes into MRAM through the Secure Enclave. */
export interface MramImage {
  readonly id: string;
  readonly partition: string;
  readonly region: Words;
  readonly image: Image;
}

/**
 * Returns the step that writes an image if it differs, and reads it back. A chip that does not let
 * its memory be read gives no proof here; the new bootloader does later.
 */
export function mramStep({ id, partition, region, image }: MramImage): Step {
  const { start } = partitionNamed(partitions, partition);
  const bytes = wholeLines(image.bytes);
  const target = imageTarget(region, image, start);
  const run = (context: StepContext, onProgress: (done: number) => void) => ({
    signal: context.signal,
    onProgress,
  });
  const readBack = (context: StepContext, phase: "compared" | "verified"): Promise<Proof> =>
    readBackProof(context, [target], (onRead) =>
      withMaintenance(context, async (client) => {
        const progress = writeProgress(context, bytes.length)[phase];
        await verifyMram(client, start, bytes, region, { ...run(context, progress), onRead });
      }));
  return {
    id,
    title: text`Write the ${region}`,
    weight: ispWriteMs(bytes.length),
    effect: "writes",
    targets: [target],
    async isDone(context) {
      const { restored } = context.learned(restoreFacts);
      if (restored) return restored;
      try {
        return await readBack(context, "compared");
      } catch (error) {
        if (isReadRefused(error) || isKind(error, "verify-failed")) return undefined;
        throw error;
      }
    },
    async run(context) {
      await withMaintenance(context, async (client) => {
        const { written } = writeProgress(context, bytes.length);
        await writeImage(client, start, bytes, run(context, written));
      });
    },
    async prove(context) {
      try {
        return await readBack(context, "verified");
      } catch (error) {
        if (!isReadRefused(error)) throw error;
        context.note(
          text`The Secure Enclave does not allow reading the ${region}. The new bootloader must
            read it.`,
        );
        return undefined;
      }
    },
  };
}
