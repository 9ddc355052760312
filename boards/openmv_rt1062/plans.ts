import type { Board } from "../../core/family/board.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { JobOptions } from "../../core/family/family.ts";
import { checkAfterwards, checkSteps } from "../../core/openmv_bootloader/check.ts";
import { planner } from "../../core/family/planner.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import type { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { backupSteps } from "../../core/plan/backup_steps.ts";
import {
  checkedOrLeftOut,
  type LeftOut,
  nothingToWrite,
  sameCameraStep,
} from "../../core/plan/put_back_steps.ts";
import { savingSteps } from "../../core/plan/save_first.ts";
import { keepingStep } from "../../core/openmv_bootloader/keep_romfs.ts";
import type { Step } from "../../core/plan/step.ts";
import { eraseFilesystemStep } from "./filesystem.ts";
import { fcbStep, requireFcb } from "./fcb.ts";
import { type FlashImage, flashImageStep, requireEqual, writeWeight } from "./flash_image.ts";
import { flashloaderStep, recoveryStep } from "./flashloader.ts";
import { bootSourceStep, readFuses } from "./fuse.ts";
import { anyLoader, configureFlash, flashloader, type LoaderKind, ownLoader } from "./loader.ts";
import { isFirmwareReset, isStackPointer, regions, SECTOR, VECTOR_SECTOR } from "./memory_map.ts";
import { anyLoaderStep, ownBootloaderStep } from "./own_bootloader.ts";
import { backupSources, readStep } from "./read.ts";
import { rebootStep, reset, restartStep } from "./start_camera.ts";
import { asWritten, checked } from "./validate.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { text } from "../../core/common/text.ts";

/** Returns the plan of a job; checks the images and accesses no device. */
export const plan = planner({
  steps: { restore, flash, verify, read, backup, "put-back": putBack, check: checkSteps },
  afterwards: checkAfterwards,
  own: (board) => board,
  asWritten,
});

function restore(images: BoardImages, options: JobOptions, board: Board): Step[] {
  const program = checked(requireImage(images, board, "flashloader"));
  const bootloader = inFlash(requireImage(images, board, "bootloader"));
  const others = options.bootloaderOnly ? [] : optional(images, ["romfs0", "firmware"]);
  const hasFirmware = others.some(({ image }) => image.role === "firmware");
  const loader = flashloader;
  const writes = others.map((target) => ({ target, step: writing(loader, target, options) }));
  const requireProven = async (context: StepContext, client: MbootClient) => {
    await requireFcb(context, client);
    await requireEqual(context, client, bootloader);
    for (const { target, step } of writes) {
      const isKept = step.effect === "none" || await step.keeping?.(context) !== undefined;
      if (!isKept) await requireEqual(context, client, target);
    }
  };
  return [
    recoveryStep(loader),
    flashloaderStep(loader, program),
    prepareStep(loader, hasFirmware),
    ...savingSteps(options.backup, { first: backupSources(loader) }).first,
    fcbStep(loader),
    flashImageStep(loader, bootloader, text`Write the bootloader (SBL)`, options),
    ...(options.eraseFilesystem ? [eraseFilesystemStep(loader)] : []),
    ...writes.map(({ step }) => step),
    bootSourceStep(loader, requireProven),
    restartStep(loader, hasFirmware ? ["firmware"] : ["firmware", "bootloader"]),
  ];
}

function flash(images: BoardImages, options: JobOptions, board: Board): Step[] {
  const { only } = options;
  requireImage(images, board, only === "romfs" ? "romfs0" : "firmware");
  const roles = ["romfs0", "firmware"].filter((role) =>
    only === undefined || (role === "romfs0") === (only === "romfs")
  );
  const loader = ownLoader;
  return [
    ownBootloaderStep(loader),
    ...savingSteps(options.backup, { first: backupSources(loader) }).first,
    ...(options.eraseFilesystem ? [eraseFilesystemStep(loader)] : []),
    ...optional(images, roles).map((target) => writing(loader, target, options)),
    rebootStep(loader),
  ];
}

function verify(images: BoardImages, _: JobOptions, board: Board): Step[] {
  const targets = optional(images, ["bootloader", "firmware", "romfs0"]);
  if (targets.length === 0) requireImage(images, board, "firmware");
  const loader = anyLoader;
  return [
    anyLoaderStep(loader, images.get("flashloader")),
    ...targets.map((target): Step => ({
      id: target.image.role,
      title: text`Compare the ${target.region}`,
      weight: target.image.bytes.length / 2000,
      effect: "none",
      run: async () => {},
      prove: (context) =>
        context.use(loader, ({ client }) => requireEqual(context, client, target)),
    })),
    leaveStep(loader),
  ];
}

function read(images: BoardImages, options: JobOptions, board: Board): Step[] {
  const loader = anyLoader;
  return [
    anyLoaderStep(loader, images.get("flashloader")),
    readStep(loader, board, options),
    leaveStep(loader),
  ];
}

/** The regions that the camera's own bootloader writes; what starts it is written by a restore. */
function putBack(images: BoardImages, options: JobOptions, board: Board): Step[] {
  const loader = ownLoader, given = options.putBack!;
  const leftOut: LeftOut[] = [];
  const targets = given.regions.flatMap((region): FlashImage[] => {
    const place = Object.values(regions).find(({ name }) => name === region.name);
    const image = images.get(region.name);
    const isHere = region.memory === "flash" && place?.start === region.address &&
      place.size === region.size;
    if (!image || !isHere || region.name === "fcb" || region.name === "bootloader") {
      const reason = isHere
        ? text`Only the command restore writes it.`
        : text`Today's layout of the ${board.name} has no such region.`;
      leftOut.push({ name: region.name, reason });
      return [];
    }
    if (region.name !== "firmware") {
      return [{ region: region.name, address: region.address, image }];
    }
    const sound = checkedOrLeftOut(image, given, leftOut, checked);
    return sound ? [inFlash(sound)] : [];
  });
  if (targets.length === 0) throw nothingToWrite(board, leftOut);
  const last = (target: FlashImage) => Number(target.image.role === "firmware");
  return [
    ownBootloaderStep(loader),
    sameCameraStep(given, leftOut),
    ...targets.toSorted((a, b) => last(a) - last(b)).map((target) =>
      flashImageStep(loader, target, text`Write the ${target.region}`)
    ),
    rebootStep(loader),
  ];
}

function backup(images: BoardImages, options: JobOptions): Step[] {
  const loader = anyLoader;
  return [
    anyLoaderStep(loader, images.get("flashloader")),
    ...backupSteps(options.backup!, backupSources(loader)),
    leaveStep(loader),
  ];
}

function writing(loader: LoaderKind, target: FlashImage, options: JobOptions): Step {
  const { region, address, image } = target;
  const write = flashImageStep(loader, target, text`Write the ${region}`, options);
  if (image.role !== "romfs0") return write;
  const { size } = regions.romfs0;
  return keepingStep(write, {
    region,
    address,
    size,
    isReadable: () => Promise.resolve(true),
    reader: (context) => (offset, length) =>
      context.use(loader, ({ client }) => client.readMemory(address + offset, length)),
    wipe: (context) => context.use(loader, ({ client }) => client.eraseRegion(address, SECTOR)),
  }, options);
}

/** Returns where the image of a role belongs. */
function inFlash(image: Image): FlashImage {
  checked(image);
  switch (image.role) {
    case "bootloader": {
      const address = regions.bootloader.start;
      // The ROM would start a half-written SBL with a valid IVT; without one it shows itself.
      return {
        region: text`bootloader`,
        address,
        image,
        lastSector: address,
        untilThen: "erase",
      };
    }
    case "firmware": {
      const address = regions.firmware.start;
      return {
        region: text`firmware`,
        address,
        image,
        lastSector: VECTOR_SECTOR,
        untilThen: "keep",
      };
    }
    default: {
      const address = regions.romfs0.start;
      // With its header in front, something half written would pass for the user's file system.
      return {
        region: text`ROMFS`,
        address,
        image,
        lastSector: address,
        untilThen: "erase",
      };
    }
  }
}

function optional(images: BoardImages, roles: readonly string[]): FlashImage[] {
  return roles.flatMap((role) => images.get(role) ?? []).map(inFlash);
}

/** Returns the step that checks flash, fuses and firmware before anything is written. */
function prepareStep(loader: LoaderKind, bringsFirmware: boolean): Step {
  return {
    id: "prepare",
    title: text`Set up the external flash and read the fuses`,
    weight: 50,
    effect: "none",
    run: (context) =>
      context.use(loader, async ({ client }) => {
        await configureFlash(client);
        await readFuses(client);
        if (!bringsFirmware) await requireFirmware(client);
      }),
  };
}

/**
 * Refuses a camera without firmware: the SBL would start nothing and the camera would seem dead
 * (C9).
 */
async function requireFirmware(client: MbootClient): Promise<void> {
  const bytes = await client.readMemory(VECTOR_SECTOR, VectorTable.size);
  const { initialStackPointer, resetVector } = VectorTable.decode(bytes);
  if (isStackPointer(initialStackPointer) && isFirmwareReset(resetVector)) return;
  throw new UnbrickError(
    "not-found",
    text`The camera has no firmware, and none was given. A bootloader alone would not start.`,
    { role: "firmware", address: VECTOR_SECTOR },
  );
}

/** Returns the step that lets a camera caught in its own bootloader continue to its firmware. */
function leaveStep(loader: LoaderKind): Step {
  return {
    id: "leave",
    title: text`Let the camera continue`,
    weight: writeWeight(0) + 100,
    effect: "none",
    isDone: (context) =>
      context.use(loader, async ({ role }) => {
        if (role === "sbl") return undefined;
        return {
          claim: text`The flashloader keeps running in the camera's RAM.`,
          evidence: "alive",
        } as const;
      }),
    run: async (context) => {
      await reset(context, loader);
    },
  };
}
