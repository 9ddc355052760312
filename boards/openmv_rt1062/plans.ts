import type { Board, Job } from "../../core/family/board.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { JobOptions, Plan } from "../../core/family/family.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import type { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Step } from "../../core/plan/step.ts";
import { eraseFilesystemStep } from "./filesystem.ts";
import { fcbStep, requireFcb } from "./fcb.ts";
import { type FlashImage, flashImageStep, requireEqual, writeWeight } from "./flash_image.ts";
import { flashloaderStep, recoveryStep } from "./flashloader.ts";
import { bootSourceStep, readFuses } from "./fuse.ts";
import { configureFlash, LoaderLink } from "./loader.ts";
import { isFirmwareReset, isStackPointer, regions, VECTOR_SECTOR } from "./memory_map.ts";
import { anyLoaderStep, ownBootloaderStep } from "./own_bootloader.ts";
import { readStep } from "./read.ts";
import { rebootStep, reset, restartStep } from "./start_camera.ts";
import { asWritten, checked } from "./validate.ts";
import { VectorTable } from "../../core/common/vector_table.ts";

/** The plan of a job; checks the images and touches nothing. */
export function plan(job: Job, board: Board, given: BoardImages, options: JobOptions): Plan {
  const images = asWritten(given);
  return { job, board, images, steps: steps[job](board, images, options) };
}

type Steps = (board: Board, images: BoardImages, options: JobOptions) => Step[];

const steps: Readonly<Record<Job, Steps>> = { restore, flash, verify, read };

function restore(board: Board, images: BoardImages, options: JobOptions): Step[] {
  const flashloader = checked(requireImage(images, board, "flashloader"));
  const bootloader = inFlash(requireImage(images, board, "bootloader"));
  const others = options.bootloaderOnly ? [] : optional(images, ["romfs0", "firmware"]);
  const hasFirmware = others.some(({ image }) => image.role === "firmware");
  const link = new LoaderLink("flashloader");
  const written = [bootloader, ...others];
  const requireProven = async (context: StepContext, client: MbootClient) => {
    await requireFcb(client);
    for (const target of written) await requireEqual(context, client, target);
  };
  return [
    recoveryStep(link),
    flashloaderStep(link, flashloader),
    prepareStep(link, hasFirmware),
    fcbStep(link),
    flashImageStep(link, bootloader, "Write the bootloader (SBL)"),
    ...(options.eraseFilesystem ? [eraseFilesystemStep(link)] : []),
    ...others.map((target) => flashImageStep(link, target, `Write the ${target.region}`)),
    bootSourceStep(link, requireProven),
    restartStep(link, hasFirmware ? ["firmware"] : ["firmware", "bootloader"]),
  ];
}

function flash(board: Board, images: BoardImages, options: JobOptions): Step[] {
  requireImage(images, board, "firmware");
  const link = new LoaderLink("sbl");
  return [
    ownBootloaderStep(link),
    ...(options.eraseFilesystem ? [eraseFilesystemStep(link)] : []),
    ...optional(images, ["romfs0", "firmware"]).map((target) =>
      flashImageStep(link, target, `Write the ${target.region}`)
    ),
    rebootStep(link),
  ];
}

function verify(board: Board, images: BoardImages): Step[] {
  const targets = optional(images, ["bootloader", "firmware", "romfs0"]);
  if (targets.length === 0) requireImage(images, board, "firmware");
  const link = new LoaderLink(undefined);
  return [
    anyLoaderStep(link, images.get("flashloader")),
    ...targets.map((target): Step => ({
      id: target.image.role,
      title: `Compare the ${target.region}`,
      weight: target.image.bytes.length / 2000,
      effect: "none",
      run: async () => {},
      prove: (context) => link.use(context, ({ client }) => requireEqual(context, client, target)),
    })),
    leaveStep(link),
  ];
}

function read(board: Board, images: BoardImages, options: JobOptions): Step[] {
  const link = new LoaderLink(undefined);
  return [
    anyLoaderStep(link, images.get("flashloader")),
    readStep(link, board, options),
    leaveStep(link),
  ];
}

/** Where the image of a role belongs. */
function inFlash(image: Image): FlashImage {
  checked(image);
  switch (image.role) {
    case "bootloader": {
      const address = regions.bootloader.start;
      // A half-written SBL with a valid IVT would be started; without one the ROM takes over.
      return { region: "bootloader", address, image, lastSector: address, untilThen: "erase" };
    }
    case "firmware": {
      const address = regions.firmware.start;
      return { region: "firmware", address, image, lastSector: VECTOR_SECTOR, untilThen: "keep" };
    }
    default:
      return { region: "ROMFS", address: regions.romfs0.start, image };
  }
}

function optional(images: BoardImages, roles: readonly string[]): FlashImage[] {
  return roles.flatMap((role) => images.get(role) ?? []).map(inFlash);
}

/** The last look before anything is written: flash, fuses, and whether the camera will have a firmware. */
function prepareStep(link: LoaderLink, bringsFirmware: boolean): Step {
  return {
    id: "prepare",
    title: "Set up the external flash and read the fuses",
    weight: 50,
    effect: "none",
    run: (context) =>
      link.use(context, async ({ client }) => {
        await configureFlash(client);
        await readFuses(client);
        if (!bringsFirmware) await requireFirmware(client);
      }),
  };
}

/** Without firmware the SBL starts into nothing and the camera looks dead again (C9). */
async function requireFirmware(client: MbootClient): Promise<void> {
  const bytes = await client.readMemory(VECTOR_SECTOR, VectorTable.size);
  const { initialStackPointer, resetVector } = VectorTable.decode(bytes);
  if (isStackPointer(initialStackPointer) && isFirmwareReset(resetVector)) return;
  throw new UnbrickError(
    "not-found",
    "The camera holds no firmware, and none was given: with a bootloader alone it would not start.",
    { address: VECTOR_SECTOR },
  );
}

/** A camera that was caught in its own bootloader goes on to its firmware. */
function leaveStep(link: LoaderLink): Step {
  return {
    id: "leave",
    title: "Let the camera go on",
    weight: writeWeight(0) + 100,
    effect: "none",
    isDone: (context) =>
      link.use(context, async ({ role }) => {
        if (role === "sbl") return undefined;
        await link.close();
        return { claim: "The flashloader stays in the camera's RAM.", evidence: "alive" } as const;
      }),
    run: async (context) => {
      await reset(context, link);
    },
  };
}
