import type { DfuSeClient } from "../../core/protocols/dfu/client/dfuse_client.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import { catchBootloader } from "../../core/openmv_bootloader/catch.ts";
import { comparePartition } from "../../core/openmv_bootloader/compare.ts";
import type { OpenBootloader } from "../../core/openmv_bootloader/client.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { neededPartitions, writeSteps } from "../../core/openmv_bootloader/contents.ts";
import { restoredProof } from "../../core/openmv_bootloader/restored.ts";
import {
  leaveNewBootloaderStep,
  refuseMissingPartitions,
  startStep,
} from "../../core/openmv_bootloader/steps.ts";
import type { Expectation } from "../../core/device/camera_access.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { readBackProof, readBackProofIfEqual } from "../../core/plan/memory_proof.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { OnRead } from "../../core/plan/read_back.ts";
import { imageTarget, type Step, type Target } from "../../core/plan/step.ts";
import { writeStep } from "../../core/plan/write_step.ts";
import { unlockConsent } from "./consents.ts";
import { saveBeforeRestore } from "./saving.ts";
import { boards, replugActions, type Stm32Board } from "./boards.ts";
import { FLASH_BASE, flashSize } from "./chips.ts";
import { contentsOf } from "./contents.ts";
import { catchOptions } from "./flash.ts";
import { readIdentity } from "./identify.ts";
import { knownFaults } from "./old_images.ts";
import { withRom } from "./rom.ts";
import { readMs, writeMs } from "./timing.ts";
import { checkBootloader, consentForUnmarked } from "./validate.ts";
import { sentences, text, type Words } from "../../core/common/text.ts";

/**
 * Returns the steps of `restore`: the bootloader through the chip's ROM, the rest through that
 * bootloader. The ROM writes nothing else: a large write is known to fail in the ROM of the H7
 * (openmv-boards.md 2.1).
 */
export function restoreSteps(images: BoardImages, options: JobOptions, board: Stm32Board): Step[] {
  const camera = contentsOf(board);
  const image = requireImage(images, board, "bootloader");
  checkBootloader(image, board);
  const rest = options.bootloaderOnly ? [] : writeSteps(camera, images, options);
  const needs = options.bootloaderOnly ? [] : neededPartitions(camera, images, options);
  return [
    ...bootloaderSteps(board, image, options, needs),
    ...rest,
    options.bootloaderOnly
      ? leaveNewBootloaderStep(board.partitions)
      : startStep(catchOptions(board)),
  ];
}

/**
 * Returns the steps that write the bootloader and start it.
 * @param needs partitions that it must have
 */
export function bootloaderSteps(
  board: Stm32Board,
  image: Image,
  options: JobOptions,
  needs: readonly string[],
): Step[] {
  const restore = new Restore(board, image, needs, options.rewrite);
  const unlocks = options.allow?.includes(unlockConsent.id) ?? false;
  const saved = saveBeforeRestore(options, board, (context) => restore.returnToRom(context));
  const sharesChip = boards.filter(({ processor }) => processor === board.processor).length > 1;
  return [
    restore.enterRom(),
    ...(unlocks ? [...saved.first, restore.unlock()] : [restore.checkProtection()]),
    ...(sharesChip ? [restore.identify()] : []),
    ...(unlocks ? [] : saved.first),
    restore.writeBootloader(),
    restore.startBootloader(),
    ...saved.later,
  ];
}

/** Contains what the steps of one restore learn for each other. */
interface RestoreFacts {
  /** True if the camera is already in its bootloader, and that is the right one. */
  restored?: Proof;
  /** False after reading the flash has crashed the ROM (dfu-dfuse.md D1). */
  mayRead: boolean;
}

const restoreFacts = (): RestoreFacts => ({ mayRead: true });

/** Makes the steps of a restore. */
class Restore {
  readonly #what: Words;
  readonly #target: Target;

  constructor(
    private readonly board: Stm32Board,
    private readonly image: Image,
    private readonly needs: readonly string[],
    /** Writes the bootloader although the camera contains it already. */
    private readonly rewrite = false,
  ) {
    this.#what = text`the ${board.name} in its ROM bootloader`;
    this.#target = imageTarget(text`bootloader`, image, FLASH_BASE);
  }

  enterRom(): Step {
    return {
      id: "enter-rom",
      title: text`Bring the camera into its ROM bootloader`,
      weight: 500,
      effect: "none",
      isDone: async (context) => {
        knownFaults(this.image).forEach((fault) => context.note(fault));
        const facts = context.learned(restoreFacts);
        const rom = await context.detected(["rom"]);
        if (!rom) {
          return facts.restored = this.rewrite ? undefined : await this.#isRestored(context);
        }
        return { claim: text`The camera is in its ROM bootloader.`, evidence: "device-check" };
      },
      run: async (context) => {
        await this.#requestRom(context, this.board.recoveryActions);
      },
    };
  }

  /** Returns the step that stops at a protected chip, before anything is changed. */
  checkProtection(): Step {
    return {
      id: "check-protection",
      title: text`Check whether the chip is protected`,
      weight: 20,
      effect: "none",
      run: async (context) => {
        if (await this.#isProtected(context)) {
          throw new UnbrickError(
            "protected",
            text`The chip of this ${this.board.name} is protected against reading and writing.`,
            { board: this.board.id },
          );
        }
      },
    };
  }

  /**
   * Returns the step that removes the protection, used instead of checkProtection if the expert
   * allows it.
   */
  unlock(): Step {
    const { processor } = this.board;
    const length = flashSize(processor);
    const isFree: Proof = { claim: text`The chip is not protected.`, evidence: "device-check" };
    return {
      id: "unlock",
      title: text`Remove the chip's protection (erases everything in it)`,
      weight: processor.sectors.reduce((sum, size) => sum + processor.eraseMs[size], 0),
      effect: "erases",
      targets: [{ region: text`everything inside the chip`, address: FLASH_BASE, length }],
      consent: unlockConsent,
      provenBy: "device-check",
      isDone: async (context) =>
        context.learned(restoreFacts).restored ??
          (await this.#isProtected(context) ? undefined : isFree),
      run: async (context) => {
        await withRom(context, (memory) => memory.readUnprotectErasingEverything());
        await this.#requestRom(context, replugActions);
      },
      prove: async (context) => {
        if (!await this.#isProtected(context)) return isFree;
        throw new UnbrickError("verify-failed", text`The chip is still protected.`);
      },
    };
  }

  /**
   * Returns the step for a chip that several boards share: flash must not contradict the chosen
   * board.
   */
  identify(): Step {
    const { board } = this;
    return {
      id: "identify",
      title: text`Identify the board`,
      weight: 300,
      effect: "none",
      run: async (context) => {
        if (context.learned(restoreFacts).restored) return;
        const all = boards.filter(({ processor }) => processor === board.processor)
          .map(({ id }) => id);
        const identity = await this.#reading(
          context,
          (memory) =>
            readIdentity(memory, all, {
              signal: context.signal,
              onProgress: (done, total) => context.progress(done, total),
            }),
        );
        identity?.evidence.forEach((sentence) => context.identified(sentence));
        if (!identity || identity.boardIds.includes(board.id)) return;
        throw new UnbrickError(
          "wrong-board",
          text`This camera is not the ${board.name}: ${sentences(...identity.evidence)}`,
          { board: board.id, found: identity.boardIds.join(",") || null },
        );
      },
    };
  }

  writeBootloader(): Step {
    const { image, board } = this;
    const { bytes } = image;
    const region = partitionNamed(board.partitions, "BOOTLOADER");
    return {
      ...writeStep({
        id: "bootloader",
        title: text`Write the bootloader`,
        region: text`bootloader`,
        address: FLASH_BASE,
        content: image,
        weight: writeMs(board.processor, region, bytes.length),
        consent: consentForUnmarked(image, board),
        use: (context, work) =>
          withRom(context, (memory) =>
            work({
              verifyRange: (...range) => memory.verifyRange(...range),
              writeRange: (address, bytes, run) =>
                memory.writeRange(address, bytes, {
                  ...run,
                  compareFirst: !this.rewrite && context.learned(restoreFacts).mayRead,
                }),
            })),
      }),
      isDone: async (context) => {
        const { restored } = context.learned(restoreFacts);
        const { signal } = context;
        return restored ?? await this.#reading(
          context,
          (memory) =>
            readBackProofIfEqual(
              context,
              [this.#target],
              (onRead) => memory.verifyRange(FLASH_BASE, bytes, { signal, onRead }),
            ),
        );
      },
    };
  }

  /**
   * Jumper off, power on: the new bootloader must run, belong to this camera, and read back equal.
   */
  startBootloader(): Step {
    return {
      id: "start-bootloader",
      title: text`Start the new bootloader`,
      weight: 500 + readMs(this.image.bytes.length),
      effect: "none",
      run: async (context) => {
        await catchBootloader(context, {
          ...catchOptions(this.board),
          check: (bootloader) => refuseMissingPartitions(bootloader, this.needs),
        });
      },
      prove: (context) =>
        readBackProof(
          context,
          [this.#target],
          (onRead) =>
            comparePartition(
              context,
              this.board.partitions,
              "BOOTLOADER",
              this.image.bytes,
              onRead,
            ),
          text`The new bootloader is running. It read itself back, and it matches
              ${this.image.name}.`,
        ),
    };
  }

  async #isRestored(context: StepContext): Promise<Proof | undefined> {
    const { bytes } = this.image;
    const { signal } = context;
    const read = ({ memory, partition }: OpenBootloader, onRead: OnRead) =>
      memory.verify(partition("BOOTLOADER"), bytes, {
        signal,
        onRead: (read, offset) => onRead(read, FLASH_BASE + offset),
      });
    return await restoredProof(context, this.board.partitions, [this.#target], read);
  }

  async #isProtected(context: StepContext): Promise<boolean> {
    if (context.learned(restoreFacts).restored) return false;
    return await this.#reading(context, (memory) => memory.isReadProtected()) ?? false;
  }

  async #requestRom(context: StepContext, actions: Stm32Board["recoveryActions"]): Promise<void> {
    const before = await context.detected(["rom"]);
    const expectation: Expectation = {
      what: this.#what,
      modes: ["rom"],
      accept: ({ seen: { usb } }) =>
        usb.bus !== before?.seen.usb.bus || usb.address !== before.seen.usb.address,
    };
    await context.request(actions, expectation);
  }

  /**
   * Reads through the ROM. Half-written flash words can crash the ROM of an H7 when they
   * are read (dfu-dfuse.md D1): then the camera is plugged in again and nothing more is read
   * before the erase. Returns undefined if reading is not possible.
   */
  async #reading<T>(context: StepContext, read: (memory: DfuSeClient) => Promise<T>) {
    const facts = context.learned(restoreFacts);
    if (!facts.mayRead) return undefined;
    try {
      return await withRom(context, read);
    } catch (error) {
      if (!isKind(error, "disconnected")) throw error;
      context.note(
        text`The camera disconnected while its flash was being read. Half-written flash can cause
          this. unbrick writes without reading first.`,
      );
      await this.returnToRom(context);
      return undefined;
    }
  }

  /** Plugs the camera in again; from now on nothing is read before the erase. */
  async returnToRom(context: StepContext): Promise<void> {
    context.learned(restoreFacts).mayRead = false;
    await this.#requestRom(context, replugActions);
  }
}
