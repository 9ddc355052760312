import { wrongDfuAnswers } from "../../core/dfu/test_answers.ts";
import type { FaultSubject } from "../../core/faults/subject.ts";
import type { JobOptions, SimulationOptions } from "../../core/family.ts";
import type { ImageSet } from "../../core/image/image.ts";
import { imageSet } from "../../core/image/image_set.ts";
import { loadImage } from "../../core/image/load.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { boards, type Stm32Board } from "./boards.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { openmvStm32 } from "./mod.ts";
import { bundledVersions, factoryVersions, makeImages, type SampleSizes } from "./samples.ts";

/** The jobs of this family for fault runs, with images so small that every transfer can be tried. */

const PORT = "1-1";

/** Two sectors of the F427 for a bootloader, where the others have one. */
const sizesOf = ({ id }: Stm32Board): SampleSizes => [
  id === "openmv-m4" ? 0x4400 : 0x1210,
  0x2210,
  0x1100,
];

export const faultSubjects: readonly FaultSubject[] = boards.flatMap((board) => {
  const images = makeImages(board, bundledVersions, sizesOf(board));
  const old = makeImages(board, factoryVersions, sizesOf(board));
  // The camera holds the first of each role; those it knows do not start when they are damaged.
  const before = imageSet("old, then wanted", [...old.all, ...images.all]);
  const firmware = partitionNamed(board.partitions, "FIRMWARE");
  const subject = (
    name: string,
    job: FaultSubject["job"],
    options: JobOptions,
    simulation: Partial<SimulationOptions>,
    more: Partial<FaultSubject> = {},
  ): FaultSubject => ({
    id: `${board.id}.${name}`,
    family: openmvStm32,
    board,
    job,
    options,
    images,
    answers: wrongDfuAnswers,
    camera: (trial) => makeCamera(board, trial, job, options, images, simulation),
    ...more,
  });
  // A blank chip of the H7 kind is searched for marks of a board, which takes 1,500 transfers.
  const condition = sharesChip(board) ? "bricked" : "blank";
  const bootloaderGone = { condition, images: before } as const;
  const range = { address: firmware.start, length: 0x2210 };
  return [
    subject("restore", "restore", {}, { condition: "bricked", images: before }),
    subject("bootloader", "restore", { bootloaderOnly: true }, bootloaderGone),
    subject("flash", "flash", {}, { condition: "healthy", images: before }),
    subject("verify", "verify", {}, { condition: "healthy", images }),
    subject("verify-damaged", "verify", {}, { condition: "healthy", images: damaged(images) }, {
      expected: "verify-failed",
    }),
    subject("read", "read", range, { condition: "healthy", images }, { unprovable: ["flip"] }),
  ];
});

function makeCamera(
  board: Stm32Board,
  { clock, bus }: Parameters<FaultSubject["camera"]>[0],
  job: FaultSubject["job"],
  options: JobOptions,
  images: ImageSet,
  simulation: Partial<SimulationOptions>,
): ReturnType<FaultSubject["camera"]> {
  const socket = bus.socket(PORT);
  const camera = new SimulatedStm32Camera(board, { clock, socket, ...simulation });
  const roles = options.bootloaderOnly
    ? ["bootloader"]
    : job === "flash"
    ? ["firmware", "romfs0"]
    : ["bootloader", "firmware", "romfs0"];
  return {
    hands: camera,
    socket,
    memories: [...camera.memories.values()],
    missing(outputs) {
      if (job === "read") {
        const { address, length } = options;
        const held = camera.memories.get("flash")!;
        const [bytes] = outputs.values();
        return bytes?.length === length && held.holds(address!, bytes) ? [] : ["what was read"];
      }
      return roles.filter((role) => {
        const { memory, start } = partitionNamed(board.partitions, role.toUpperCase());
        return !camera.memories.get(memory)!.holds(start, images.get(role)!.bytes);
      });
    },
    disasters: () => camera.disasters,
  };
}

/** The same images, with one byte of the firmware another. */
function damaged(images: ImageSet): ImageSet {
  return imageSet(
    "damaged",
    images.all.map((image) => {
      if (image.role !== "firmware") return image;
      const bytes = image.bytes.slice();
      bytes[0x1F00] ^= 1;
      return loadImage(bytes, image);
    }),
  );
}

function sharesChip({ processor }: Stm32Board): boolean {
  return boards.filter((one) => one.processor === processor).length > 1;
}
