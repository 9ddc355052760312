import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { text } from "../../core/common/text.ts";
import type { Image } from "../../core/image/image.ts";
import { withBootloader } from "../../core/openmv_bootloader/client.ts";
import { refuseUnlessBlank, sendCommand } from "../../core/openmv_bootloader/command.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { Step } from "../../core/plan/step.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { everspinConsent } from "./consents.ts";
import { partitions, recoveryPartition, resetMemoryCommand } from "./boards.ts";

/**
 * Special builds of the camera have Everspin memory instead of flash beside the chip. If its
 * registers are lost, it accepts no data. A key written to the alternate setting RECOVERY sets it
 * up again and wipes it (openmv-runtime.md 6, openmv-boards.md 4.4).
 */

/** Four passes over the whole memory (openmv-runtime.md 6, inferred: 5 to 30 s). */
const RESET_MS = 20_000;

/**
 * Returns the step that sends the key, unless the ROMFS is already correct (then the memory works).
 */
export function resetMemoryStep(romfs0: Image | undefined): Step {
  return {
    id: "reset-memory",
    title: text`Reset the Everspin memory`,
    weight: RESET_MS,
    effect: "erases",
    targets: resetMemoryCommand.blanks.map((name) => {
      const { start, end } = partitions.find((one) => one.name === name)!;
      const region = name === "RWFS" ? text`file system` : text`M55-HP ROMFS`;
      return { region, address: start, length: end - start };
    }),
    consent: everspinConsent,
    // Whole memories: only their beginnings are read.
    provenBy: "device-check",
    isDone: (context) => romfs0 ? alreadyWorks(context, romfs0) : Promise.resolve(undefined),
    run: sendKey,
    prove: proveBlank,
  };
}

async function alreadyWorks(context: StepContext, image: Image): Promise<Proof | undefined> {
  const { signal } = context;
  try {
    await withBootloader(context, partitions, async ({ memory, partition }) => {
      await memory.verify(partition("ROMFS0"), image.bytes, { signal });
    });
  } catch (error) {
    if (isKind(error, "verify-failed", "device-status")) return undefined;
    throw error;
  }
  return {
    claim: text`The memory beside the chip works: it holds ${image.name}.`,
    evidence: "device-check",
  };
}

async function sendKey(context: StepContext): Promise<void> {
  const table = [...partitions, recoveryPartition];
  const { signal } = context;
  context.note(
    text`The bootloader is resetting the whole memory and does not answer until it has finished.
      Please wait.`,
  );
  await withBootloader(context, table, async ({ memory, partition }) => {
    const { partition: name } = resetMemoryCommand;
    await sendCommand(memory, partition(name), resetMemoryCommand, { signal });
  });
}

/** Proves that the memory is blank afterwards; RECOVERY itself cannot be read. */
async function proveBlank(context: StepContext): Promise<Proof> {
  const { signal } = context;
  await withBootloader(context, partitions, async ({ memory, partition }) => {
    const wiped = resetMemoryCommand.blanks.map(partition);
    await refuseUnlessBlank(memory, wiped, resetMemoryCommand, { signal });
  });
  return {
    claim: text`The bootloader reset the memory beside the chip. Every part that was read is
      blank.`,
    evidence: "device-check",
  };
}

/** Adds advice to the errors of a step whose memory beside the chip accepts no data. */
export function withEverspinAdvice(step: Step): Step {
  const advised = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!isKind(error, "device-status", "verify-failed", "timeout")) throw error;
      throw new UnbrickError(
        error.kind,
        text`${error.text} If this camera is a special build with Everspin memory, its memory must be
        reset: add --allow ${everspinConsent.id} (the file system and the M55-HP ROMFS are lost).`,
        error.data,
        { cause: error },
      );
    }
  };
  return {
    ...step,
    run: (context) => advised(step.run(context)),
    prove: (context) => advised(step.prove!(context)),
  };
}
