import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { JobOptions } from "../../core/family/family.ts";
import { isFilledWith } from "../../core/common/bytes.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { catchBootloader } from "../../core/openmv_bootloader/catch.ts";
import { type OpenBootloader, withBootloader } from "../../core/openmv_bootloader/client.ts";
import { neededPartitions } from "../../core/openmv_bootloader/contents.ts";
import { restoredProof } from "../../core/openmv_bootloader/restored.ts";
import {
  leaveNewBootloaderStep,
  refuseMissingPartitions,
  startStep,
} from "../../core/openmv_bootloader/steps.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { readBackProof, sizeInWords } from "../../core/plan/memory_proof.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { OnRead } from "../../core/plan/read_back.ts";
import { imageTarget, type Step, type Target } from "../../core/plan/step.ts";
import { programFlash } from "../../core/protocols/serial_boot/client/open_bootloader_client.ts";
import { startImage } from "../../core/protocols/serial_boot/client/rom_client.ts";
import { board, FLASH_BASE, partitions, SECTOR } from "./boards.ts";
import { catchOptions } from "./catch_options.ts";
import { camera } from "./contents.ts";
import { firmwareSteps } from "./flash.ts";
import { saveBeforeFirmware } from "./read.ts";
import { compareParts, partsEnd, type RecoveryFiles, recoveryFiles } from "./recovery_files.ts";
import { openBootloaderStage, romStage, waitForOpenBootloader } from "./stages.ts";
import { readMs, writeMs } from "./timing.ts";
import { text, type Words } from "../../core/common/text.ts";

/** A sector cannot be erased in less time than this (stm32n6-serial-boot.md B.8). */
const LEAST_ERASE_MS = 20;
/** Allows for a forgotten jumper; a bootloader that was silently not written never appears. */
const START_ATTEMPTS = 3;

/**
 * Returns the steps of `restore`: OpenBootloader through the chip's ROM into RAM, the bootloader
 * through it into flash, everything else through that bootloader. OpenBootloader always reports OK,
 * so the proof comes from the new bootloader: it must run, and what it reads of itself must be
 * equal.
 */
export function restoreSteps(images: BoardImages, options: JobOptions): Step[] {
  const files = recoveryFiles(images);
  const rest = options.bootloaderOnly ? [] : firmwareSteps(images, options);
  const needs = options.bootloaderOnly ? [] : neededPartitions(camera, images, options);
  const restore = new Restore(files, needs, options.rewrite);
  return [
    restore.enterRom(),
    restore.startOpenBootloader(),
    restore.writeBootloader(),
    restore.startBootloader(),
    ...saveBeforeFirmware(options),
    ...rest,
    options.bootloaderOnly ? leaveNewBootloaderStep(partitions) : startStep(catchOptions),
  ];
}

/** Contains what the steps of one restore learn for each other. */
interface RestoreFacts {
  /** True if the camera is already in its bootloader, and that is the right one. */
  restored?: Proof;
  /** True if OpenBootloader was too fast to have erased anything. */
  seemsUnwritten: boolean;
}

const restoreFacts = (): RestoreFacts => ({ seemsUnwritten: false });

/** Makes the steps of a restore. */
class Restore {
  readonly #targets: readonly Target[];
  readonly #claim: Words;

  constructor(
    private readonly files: RecoveryFiles,
    private readonly needs: readonly string[],
    /** Writes the bootloader although the camera contains it already. */
    private readonly rewrite = false,
  ) {
    const [{ image }] = files.parts;
    this.#claim = text`The new bootloader is running. It read itself back, and it matches
      ${image.name} (${sizeInWords(image.bytes.length, image.file)}).`;
    this.#targets = files.parts.map(({ address, image }) =>
      imageTarget(text`bootloader`, image, address)
    );
  }

  enterRom(): Step {
    return {
      id: "enter-rom",
      title: text`Bring the camera into its ROM bootloader`,
      weight: 1_500,
      effect: "none",
      isDone: async (context) => {
        this.files.warnings.forEach((warning) => context.note(warning));
        const restored = this.rewrite ? undefined : await this.#isRestored(context);
        context.learned(restoreFacts).restored = restored;
        if (restored) return restored;
        return await context.detected(["rom"])
          ? { claim: text`The camera is in its ROM bootloader.`, evidence: "device-check" }
          : undefined;
      },
      run: async (context) => {
        if (await context.detected(["flashloader"])) {
          // One start of OpenBootloader can repeat nothing (B.6): only cutting the power ends it.
          context.note(text`OpenBootloader of an earlier run is still in the camera's RAM.`);
        }
        await context.request(board.recoveryActions, {
          what: text`the ${board.name} in its ROM bootloader`,
          modes: ["rom"],
        });
      },
    };
  }

  startOpenBootloader(): Step {
    const { fsbl } = this.files;
    return {
      id: "start-openbootloader",
      title: text`Start OpenBootloader in the camera's RAM`,
      weight: 1_500 + readMs(fsbl.bytes.length),
      effect: "none",
      isDone: (context) => Promise.resolve(context.learned(restoreFacts).restored),
      run: async (context) => {
        const rom = await context.detected(["rom"]);
        await context.use(romStage, (session) =>
          startImage(session, fsbl.bytes, {
            onProgress: (done, total) => context.progress(done, total),
          }));
        // `use` throws if there is no ROM
        await waitForOpenBootloader(context, rom!);
      },
    };
  }

  writeBootloader(): Step {
    const { loader, parts, layout } = this.files;
    return {
      id: "bootloader",
      title: text`Write the bootloader`,
      weight: parts.reduce((sum, { bytes }) => sum + writeMs(bytes.length), 0),
      effect: "writes",
      targets: this.#targets,
      isDone: (context) => Promise.resolve(context.learned(restoreFacts).restored),
      run: async (context) => {
        const { longestEraseMs } = await context.use(
          openBootloaderStage,
          (session) =>
            programFlash(session, { layout, loader: loader.bytes, parts }, {
              onProgress: (done, total) => context.progress(done, total),
            }),
        );
        const seemsUnwritten = longestEraseMs < LEAST_ERASE_MS;
        context.learned(restoreFacts).seemsUnwritten = seemsUnwritten;
        if (seemsUnwritten) {
          context.note(text`OpenBootloader finished too quickly: it probably wrote nothing.`);
        }
      },
    };
  }

  /**
   * Jumper off, power on: the new bootloader must run, belong to this camera, and read back equal.
   */
  startBootloader(): Step {
    const end = partsEnd(this.files);
    return {
      id: "start-bootloader",
      title: text`Start the new bootloader`,
      weight: 1_500 + readMs(end),
      effect: "none",
      run: async (context) => {
        try {
          await catchBootloader(context, {
            ...catchOptions,
            attempts: START_ATTEMPTS,
            check: (bootloader) => refuseMissingPartitions(bootloader, this.needs),
          });
        } catch (error) {
          throw isKind(error, "timeout") ? await this.#notStarted(context, error) : error;
        }
      },
      prove: (context) =>
        readBackProof(context, this.#targets, (onRead) =>
          withBootloader(
            context,
            partitions,
            (bootloader) => this.#readBack(context, bootloader, onRead),
          ), this.#claim),
    };
  }

  async #isRestored(context: StepContext): Promise<Proof | undefined> {
    return await restoredProof(
      context,
      partitions,
      this.#targets,
      (bootloader, onRead) => this.#readBack(context, bootloader, onRead),
      this.#claim,
    );
  }

  async #readBack(
    context: StepContext,
    { memory, partition }: OpenBootloader,
    onRead: OnRead,
  ): Promise<void> {
    const end = partsEnd(this.files);
    const sectorEnd = Math.ceil(end / SECTOR) * SECTOR;
    const found = await memory.read(partition("BOOTLOADER"), sectorEnd, {
      signal: context.signal,
      onProgress: ({ done, total }) => context.progress(done, total),
      onRead: (read, offset) => onRead(read, FLASH_BASE + offset),
    });
    compareParts(found, this.files);
    if (!isFilledWith(found.subarray(end), 0xFF)) {
      context.note(
        text`The flash after the bootloader should be blank after the erase, but is not.`,
      );
    }
  }

  /** Returns the error for a camera that keeps returning to its ROM, which waiting cannot solve. */
  async #notStarted(context: StepContext, cause: unknown): Promise<unknown> {
    const { restored, seemsUnwritten } = context.learned(restoreFacts);
    if (restored || !await context.detected(["rom"])) return cause;
    return new UnbrickError(
      "verify-failed",
      text`The camera still starts in its ROM bootloader. The jumper is still in place, or the
        bootloader was not written although OpenBootloader reported success.`,
      { seemsUnwritten },
      { cause },
    );
  }
}
