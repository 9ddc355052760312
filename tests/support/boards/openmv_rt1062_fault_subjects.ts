import type { Job } from "../../../core/family/board.ts";
import type { JobOptions, SimulationOptions } from "../../../core/family/family.ts";
import { damagedImages, missingContents } from "../faults/contents.ts";
import { knowing } from "../faults/known_romfs.ts";
import type { FaultCamera, FaultSubject } from "../faults/subject.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { boardImages } from "../../../core/image/board_images.ts";
import { loadImage } from "../../../core/image/load.ts";
import { sampleRomfs } from "../../../core/image/sample.ts";
import { flexspiConfigAt } from "../../../core/protocols/mboot/packets/flexspi_config.ts";
import { wrongResponses } from "../protocols/mboot_wrong_answers.ts";
import { wrongWords } from "../protocols/sdp_wrong_answers.ts";
import { rt1062 } from "../../../boards/openmv_rt1062/boards.ts";
import { CameraModel } from "../../../boards/openmv_rt1062/camera_model.ts";
import { FLASH_BASE, PAGE, regions } from "../../../boards/openmv_rt1062/memory_map.ts";
import { openmvRt1062 } from "../../../boards/openmv_rt1062/mod.ts";
import {
  sampleBootloader,
  sampleFirmware,
  sampleFlashloader,
} from "../../../boards/openmv_rt1062/samples.ts";

/** The jobs of the RT1062 for fault runs, with images small enough to try every transfer. */

const BOOT_WORD = 6, BOOT_SOURCE = 0x10;

const images = smallImages("5.0.0"), old = smallImages("4.8.1");

function smallImages(version: string): BoardImages {
  const image = (role: string, bytes: Uint8Array) =>
    loadImage(bytes, { role, name: `${role}.bin`, source: "made up" });
  return boardImages("small images", [
    image("flashloader", sampleFlashloader({ size: 2_100, version })),
    image("bootloader", sampleBootloader({ size: 6_100, version })),
    image("firmware", sampleFirmware({ size: 13_900, version })),
    image("romfs0", sampleRomfs({ seed: version, size: 4_500, version, simulationOnly: true })),
  ]);
}

type Role = "bootloader" | "firmware" | "romfs0";

function subject(
  name: string,
  job: Job,
  options: JobOptions,
  simulation: Partial<SimulationOptions>,
  roles: readonly Role[],
  more: Partial<FaultSubject> = {},
): FaultSubject {
  return {
    id: `${rt1062.id}.${name}`,
    family: openmvRt1062,
    board: rt1062,
    job,
    options,
    images,
    answers: { ...wrongWords, ...wrongResponses },
    camera: ({ clock, bus }) => {
      const socket = bus.socket("1-1");
      const camera = new CameraModel({
        clock,
        socket,
        ...simulation,
        traps: { ...simulation.traps, startsDamaged: true },
      });
      const { flash } = camera.chip;
      const places = roles.map((role) => ({ role, memory: flash, address: regions[role].start }));
      const missing = missingContents({ job, images, options }, places);
      const missingInFlash = (outputs: ReadonlyMap<string, Uint8Array>) => [
        ...missing(outputs),
        ...(flexspiConfigAt(flash.read(FLASH_BASE, 512)) ? [] : ["fcb"]),
      ];
      const isStarting = job !== "restore" ||
        (() => (camera.chip.fuses.read(BOOT_WORD) & BOOT_SOURCE) !== 0);
      return {
        board: camera,
        socket,
        memories: [flash],
        missing: (outputs) => [
          ...missingInFlash(outputs),
          ...(isStarting === true || isStarting() ? [] : ["boot-source fuse"]),
        ],
        ...(more.hasJumper && {
          program: {
            productId: 0x0073,
            memory: flash,
            address: regions.bootloader.start,
            head: PAGE,
            versions: [images, old].map((set) => set.get("bootloader")!.bytes),
          },
        }),
        ...(more.isSaving && {
          userRegions: [{ ...files, memory: "flash", address: files.start, flash }],
        }),
        forbiddenOperations: () =>
          camera.chip.fuses.burns
            .filter(({ index, value }) => index !== BOOT_WORD || value !== BOOT_SOURCE)
            .map(({ index, value }) => `burnt ${value} into fuse word ${index}`),
        fuse: watchFuse(camera, () => missingInFlash(new Map()).length === 0),
      };
    },
    ...more,
  };
}

/** Counts burns; a burn is too early if the flash is not yet correct. */
function watchFuse(camera: CameraModel, isWritten: () => boolean): FaultCamera["fuse"] {
  const { fuses } = camera.chip;
  const expected = fuses.read(BOOT_WORD) & BOOT_SOURCE ? 0 : 1;
  const program = fuses.program.bind(fuses);
  const watch = {
    expected,
    early: 0,
    refuse: undefined as (() => boolean) | undefined,
    get burns() {
      return fuses.burns.length;
    },
  };
  fuses.program = (index, value) => {
    if (watch.refuse?.()) return 0;
    if (!isWritten()) watch.early++;
    return program(index, value);
  };
  return watch;
}

const romfs = knowing(images, old);
const files = regions.filesystem;
const erasing = { ...romfs, eraseFilesystem: true };
const isGone = { condition: "bricked", images: old } as const;
const isOld = { condition: "healthy", images: old } as const;
const all: readonly Role[] = ["bootloader", "firmware", "romfs0"];
const isDamaged = {
  condition: "healthy",
  images: damagedImages(images, "firmware", 0x3200),
} as const;
const range = { address: regions.firmware.start, length: 13_900 };

export const faultSubjects: readonly FaultSubject[] = [
  subject("restore", "restore", romfs, { condition: "blank" }, all, { hasJumper: true }),
  subject(
    "bootloader",
    "restore",
    { bootloaderOnly: true },
    isGone,
    ["bootloader"],
    { hasJumper: true },
  ),
  subject("flash", "flash", romfs, isOld, ["firmware", "romfs0"], {
    // Without a vector sector the SBL does not wait for a command (README.md, "Flash").
    rescue: { job: "restore", options: romfs },
  }),
  subject("restore-saving", "restore", erasing, isGone, all, { hasJumper: true, isSaving: true }),
  subject("flash-saving", "flash", erasing, isOld, ["firmware", "romfs0"], {
    rescue: { job: "restore", options: erasing },
    isSaving: true,
  }),
  subject("verify", "verify", {}, { condition: "healthy", images }, all),
  subject("verify-damaged", "verify", {}, isDamaged, all, { expected: "verify-failed" }),
  subject("read", "read", range, { condition: "healthy", images }, ["firmware"]),
];
