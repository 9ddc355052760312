import { wholeLines } from "../../core/protocols/alif_isp/packets/bytes.ts";
import type { Atoc } from "../../core/protocols/alif_isp/packets/atoc.ts";
import { checkTocPart } from "../../core/protocols/alif_isp/packets/toc_check.ts";
import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import { catchBootloader } from "../../core/openmv_bootloader/catch.ts";
import { type OpenBootloader, withBootloader } from "../../core/openmv_bootloader/client.ts";
import { restoredProof } from "../../core/openmv_bootloader/restored.ts";
import {
  leaveNewBootloaderStep,
  refuseMissingPartitions,
  startStep,
} from "../../core/openmv_bootloader/steps.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { readBackProof } from "../../core/plan/memory_proof.ts";
import type { OnRead } from "../../core/plan/read_back.ts";
import { imageTarget, type Step, type Target } from "../../core/plan/step.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { saveBeforeFirmware } from "./saving.ts";
import { ae3, partitions } from "./boards.ts";
import { catchOptions } from "./flash.ts";
import { makeContact } from "./connection.ts";
import { adaptersNow, bindAnswering } from "./enclave.ts";
import { firmwarePartitions, firmwareSteps } from "./firmware_steps.ts";
import { type MramImage, mramStep } from "./mram_step.ts";
import { systemPackages } from "./packages.ts";
import { restoreFacts } from "./restore_facts.ts";
import { SystemSteps } from "./system_steps.ts";
import { readMs } from "./timing.ts";
import { checkBootloader, checkToc } from "./validate.ts";
import { joined, text } from "../../core/common/text.ts";

/**
 * Returns the steps of `restore`: through the Secure Enclave its own firmware if necessary, the
 * bootloader, and last the table of contents; then, with the recovery switch off, the rest through
 * that bootloader.
 */
export function restoreSteps(images: BoardImages, options: JobOptions): Step[] {
  const bootloader = requireImage(images, ae3, "bootloader");
  checkBootloader(bootloader);
  const table = requireImage(images, ae3, "toc");
  const toc = checkToc(table, bootloader);
  const packages = systemPackages(images);
  const rest = options.bootloaderOnly ? [] : firmwareSteps(images, options);
  const needs = options.bootloaderOnly ? [] : firmwarePartitions(images, options);
  const contents: readonly MramImage[] = [
    { id: "bootloader", partition: "BOOT", region: text`bootloader`, image: bootloader },
    { id: "toc", partition: "TOC", region: text`table of contents`, image: table },
  ];
  const restore = new Restore(toc, table.name, contents, needs, options.rewrite);
  const system = new SystemSteps(packages);
  return [
    restore.reachEnclave(),
    system.recover(),
    system.update(),
    ...contents.map(mramStep),
    restore.startBootloader(),
    ...saveBeforeFirmware(options),
    ...rest,
    options.bootloaderOnly ? leaveNewBootloaderStep(partitions) : startStep(catchOptions),
  ];
}

/** Makes the first and the last step of a restore through the enclave. */
class Restore {
  constructor(
    private readonly toc: Atoc,
    private readonly tocName: string,
    private readonly contents: readonly MramImage[],
    private readonly needs: readonly string[],
    /** Writes although the camera contains all of it already. */
    private readonly rewrite = false,
  ) {}

  reachEnclave(): Step {
    return {
      id: "reach-enclave",
      title: text`Reach the Secure Enclave`,
      weight: 4_000,
      effect: "none",
      isDone: async (context) => {
        if (this.rewrite) return undefined;
        return context.learned(restoreFacts).restored = await restoredProof(
          context,
          partitions,
          this.#targets,
          (bootloader, onRead) => this.#verify(context, bootloader, onRead),
          text`The bootloader and the table of contents are correct.`,
        );
      },
      run: async (context) => {
        if (!await bindAnswering(context)) {
          // A connected camera keeps its port; a silent adapter may be any cable.
          await context.detected(["bootloader", "firmware"]);
          const wasThere = await adaptersNow(context);
          await context.request(ae3.recoveryActions, {
            what: text`the recovery port of the ${ae3.name}`,
            modes: ["rom"],
            accept: (detected) => !wasThere(detected),
          });
        }
        const contact = await makeContact(context);
        context.learned(restoreFacts).contact = contact;
        checkTocPart(this.toc, this.tocName, contact.revision.part);
      },
    };
  }

  /**
   * Switch off, power on: the new bootloader must run, belong to this camera, and read back equal.
   */
  startBootloader(): Step {
    const length = this.contents.reduce((sum, { image }) => sum + image.bytes.length, 0);
    return {
      id: "start-bootloader",
      title: text`Start the new bootloader`,
      weight: 1_500 + readMs(length),
      effect: "none",
      run: async (context) => {
        await catchBootloader(context, {
          ...catchOptions,
          check: (bootloader) => refuseMissingPartitions(bootloader, this.needs),
        });
      },
      prove: (context) =>
        readBackProof(
          context,
          this.#targets,
          (onRead) =>
            withBootloader(
              context,
              partitions,
              (bootloader) => this.#verify(context, bootloader, onRead),
            ),
          text`The new bootloader is running. It read back itself and the table of contents,
              and they match
              ${joined(this.contents.map(({ image }) => image.name), text` and `)}.`,
        ),
    };
  }

  get #targets(): readonly Target[] {
    return this.contents.map(({ partition, region, image }) =>
      imageTarget(region, image, partitionNamed(partitions, partition).start)
    );
  }

  async #verify(
    context: StepContext,
    { memory, partition }: OpenBootloader,
    onRead: OnRead,
  ): Promise<void> {
    const total = this.contents.reduce((sum, { image }) => sum + image.bytes.length, 0);
    let before = 0;
    for (const { partition: name, image } of this.contents) {
      const { start } = partitionNamed(partitions, name);
      await memory.verify(partition(name), wholeLines(image.bytes), {
        signal: context.signal,
        onRead: (read, offset) => onRead(read, start + offset),
        onProgress: ({ done }) => context.progress(Math.min(total, before + done), total),
      });
      before += image.bytes.length;
    }
  }
}
