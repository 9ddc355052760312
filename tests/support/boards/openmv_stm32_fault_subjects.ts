import type { Job } from "../../../core/family/board.ts";
import { wrongDfuAnswers } from "../protocols/dfu_wrong_answers.ts";
import type { JobOptions, SimulationOptions } from "../../../core/family/family.ts";
import { damagedImages, missingContents } from "../faults/contents.ts";
import { knowing } from "../faults/known_romfs.ts";
import type { FaultSubject } from "../faults/subject.ts";
import { boardImages } from "../../../core/image/board_images.ts";
import { partitionRegions } from "../../../core/openmv_bootloader/backup.ts";
import { partitionNamed } from "../../../core/openmv_bootloader/partition.ts";
import { boards, type Stm32Board } from "../../../boards/openmv_stm32/boards.ts";
import { SimulatedStm32Camera } from "../../../boards/openmv_stm32/model.ts";
import { openmvStm32 } from "../../../boards/openmv_stm32/mod.ts";
import {
  bundledVersions,
  factoryVersions,
  makeImages,
  type SampleSizes,
} from "../../../boards/openmv_stm32/samples.ts";

/** The jobs of this family for fault runs, with images small enough to try every transfer. */

/** On the F427 a bootloader of two sectors; on the other chips it has one. */
const sizesOf = ({ id }: Stm32Board): SampleSizes => [
  id === "openmv-m4" ? 0x4400 : 0x1210,
  0x2210,
  0x1100,
];

function subjectsOf(board: Stm32Board): FaultSubject[] {
  const images = makeImages(board, bundledVersions, sizesOf(board));
  const old = makeImages(board, factoryVersions, sizesOf(board));
  // The camera contains the first image of each role.
  const before = boardImages("old, then wanted", [...old.all, ...images.all]);
  const range = { address: partitionNamed(board.partitions, "FIRMWARE").start, length: 0x2210 };
  // On a blank chip of the H7 class, the search for a board's name takes 1,500 transfers.
  const condition = sharesChip(board) ? "bricked" : "blank";

  const subject = (
    name: string,
    job: Job,
    options: JobOptions,
    simulation: Partial<SimulationOptions>,
    roles: readonly string[],
    more: Partial<FaultSubject> = {},
  ): FaultSubject => ({
    id: `${board.id}.${name}`,
    family: openmvStm32,
    board,
    job,
    options,
    images,
    answers: wrongDfuAnswers,
    camera: ({ clock, bus }) => {
      const socket = bus.socket("1-1");
      const camera = new SimulatedStm32Camera(board, {
        clock,
        socket,
        ...simulation,
        traps: { ...simulation.traps, startsDamaged: true },
      });
      const places = roles.map((role) => {
        const { memory, start } = partitionNamed(board.partitions, role.toUpperCase());
        return { role, memory: camera.memories.get(memory)!, address: start };
      });
      return {
        board: camera,
        socket,
        memories: [...camera.memories.values()],
        missing: missingContents({ job, images, options }, places),
        ...(more.hasJumper && {
          program: {
            productId: board.bootloaderProductId,
            memory: camera.memories.get("flash")!,
            address: board.partitions[0].start,
            head: 32,
            versions: [images, old].map((set) => set.get("bootloader")!.bytes),
          },
        }),
        ...(more.isSaving && {
          userRegions: [{ ...files(board), flash: camera.memories.get(files(board).memory)! }],
        }),
        forbiddenOperations: () => camera.forbiddenOperations,
      };
    },
    ...more,
  });
  const all = ["bootloader", "firmware", "romfs0"];
  const romfs = knowing(images, old);
  const isGone = { condition, images: before } as const;
  const isOld = { condition: "healthy", images: before } as const;
  const isThere = { condition: "healthy", images } as const;
  const isGoneAll = { condition: "bricked", images: before } as const;
  const erasing = { ...romfs, eraseFilesystem: true };
  const isDamaged = {
    condition: "healthy",
    images: damagedImages(images, "firmware", 0x1F00),
  } as const;
  const restore = subject(
    "restore",
    "restore",
    romfs,
    { condition: "bricked", images: before },
    all,
    { hasJumper: true },
  );
  // An H7 Plus with another id.
  if (board.id === "openmv-pure-thermal") return [restore];
  return [
    restore,
    subject("bootloader", "restore", { bootloaderOnly: true }, isGone, ["bootloader"], {
      hasJumper: true,
    }),
    subject("flash", "flash", romfs, isOld, ["firmware", "romfs0"]),
    subject("restore-saving", "restore", erasing, isGoneAll, all, { isSaving: true }),
    // Its file system outside the chip is read in the same way in a restore.
    ...(board.id === "openmv-h7-plus" ? [] : [
      subject("flash-saving", "flash", erasing, isOld, ["firmware", "romfs0"], { isSaving: true }),
    ]),
    subject("verify", "verify", {}, isThere, all),
    subject("verify-damaged", "verify", {}, isDamaged, all, { expected: "verify-failed" }),
    subject("read", "read", range, isThere, ["firmware"]),
  ];
}

/** The region with the user's files. */
function files({ partitions, filesystemPartition }: Stm32Board) {
  const name = filesystemPartition.toLowerCase();
  return partitionRegions(partitions).find((one) => one.name === name)!;
}

function sharesChip({ processor }: Stm32Board): boolean {
  return boards.filter((one) => one.processor === processor).length > 1;
}

export const faultSubjects: readonly FaultSubject[] = boards.flatMap(subjectsOf);
