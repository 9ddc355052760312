import type { Job } from "../../../core/family/board.ts";
import { wrongDfuAnswers } from "../protocols/dfu_wrong_answers.ts";
import type { JobOptions, SimulationOptions } from "../../../core/family/family.ts";
import { damagedImages, missingContents } from "../faults/contents.ts";
import { knowing } from "../faults/known_romfs.ts";
import type { FaultSubject } from "../faults/subject.ts";
import { boardImages } from "../../../core/image/board_images.ts";
import { partitionRegions } from "../../../core/openmv_bootloader/backup.ts";
import { partitionNamed } from "../../../core/openmv_bootloader/partition.ts";
import { wrongPhases } from "../protocols/serial_boot_wrong_answers.ts";
import { board, partitions } from "../../../boards/openmv_n6/boards.ts";
import { SimulatedN6 } from "../../../boards/openmv_n6/model.ts";
import { openmvN6 } from "../../../boards/openmv_n6/mod.ts";
import {
  bundledVersions,
  factoryVersions,
  makeImages,
  smallSizes,
} from "../../../boards/openmv_n6/samples.ts";
import { Watch } from "./openmv_n6_rig.ts";

/** The jobs of the N6 for fault runs, with images small enough to try every transfer. */

const images = makeImages(bundledVersions, smallSizes, true);
const old = makeImages(factoryVersions, smallSizes, true);
// The camera contains the first image of each role.
const before = boardImages("old, then wanted", [...old.all, ...images.all]);
const firmware = partitionNamed(partitions, "FIRMWARE").start;
const files = partitionRegions(partitions).find(({ name }) => name === "filesystem")!;
const answers = { ...wrongDfuAnswers, ...wrongPhases };

function subject(
  name: string,
  job: Job,
  options: JobOptions,
  simulation: Partial<SimulationOptions>,
  roles: readonly string[],
  more: Partial<FaultSubject> = {},
): FaultSubject {
  return {
    id: `${board.id}.${name}`,
    family: openmvN6,
    board,
    job,
    options,
    images,
    answers,
    camera: ({ clock, bus }) => {
      const socket = bus.socket("1-1");
      const watch = new Watch(bus);
      const camera = new SimulatedN6({
        clock,
        socket,
        ...simulation,
        traps: { ...simulation.traps, startsDamaged: true },
      });
      const places = roles.map((role) => ({
        role,
        memory: camera.flash,
        address: partitionNamed(partitions, role.toUpperCase()).start,
      }));
      return {
        board: camera,
        socket,
        memories: [camera.flash],
        missing: missingContents({ job, images, options }, places),
        ...(more.isSaving && { userRegions: [{ ...files, flash: camera.flash }] }),
        forbiddenOperations: () => [
          ...watch.dangerous.map((name) => `used ${name}`),
          ...(camera.otpBurns > 0 ? ["burnt fuses"] : []),
        ],
      };
    },
    ...more,
  };
}

const romfs = knowing(images, old);
const all = ["bootloader", "firmware", "romfs0"];
const isThere = { condition: "healthy", images } as const;
const isDamaged = {
  condition: "healthy",
  images: damagedImages(images, "firmware", 0x1F00),
} as const;
const range = { address: firmware, length: 0x2210 };
const isGone = { condition: "bricked", images: before } as const;
const isOld = { condition: "healthy", images: before } as const;
const erasing = { ...romfs, eraseFilesystem: true };

export const faultSubjects: readonly FaultSubject[] = [
  subject("restore", "restore", romfs, isGone, all),
  subject(
    "bootloader",
    "restore",
    { bootloaderOnly: true },
    { condition: "blank", images: before },
    ["bootloader"],
  ),
  subject("flash", "flash", romfs, isOld, ["firmware", "romfs0"]),
  subject("restore-saving", "restore", erasing, isGone, all, { isSaving: true }),
  subject("flash-saving", "flash", erasing, isOld, ["firmware", "romfs0"], { isSaving: true }),
  subject("verify", "verify", {}, isThere, all),
  subject("verify-damaged", "verify", {}, isDamaged, all, { expected: "verify-failed" }),
  subject("read", "read", range, isThere, ["firmware"]),
];
