import { text, type Words } from "../common/text.ts";
import type { Board } from "../family/board.ts";
import type { JobOptions } from "../family/family.ts";
import { noImage, requireImage } from "../image/board_images.ts";
import type { BoardImages, Image } from "../image/image.ts";
import type { Consent } from "../plan/operator.ts";
import { compareStep } from "../plan/read_only_steps.ts";
import type { Step } from "../plan/step.ts";
import type { StepContext } from "../plan/step_context.ts";
import { comparePartition } from "./compare.ts";
import { BLOCK_SIZE } from "./identity.ts";
import { type Partition, partitionNamed } from "./partition.ts";
import { eraseFilesystemStep, writeStep } from "./steps.ts";

/** The content of one partition of a camera. */
export interface PartitionContent {
  /** Role of the image. */
  readonly role: string;
  /** Name of the partition. */
  readonly partition: string;
  /** Name for people: "firmware". */
  readonly region: Words;
  /** True if a flash needs it. */
  readonly isNeeded?: boolean;
  /** Refuses a wrong image. @throws UnbrickError `bad-image`, `wrong-board` */
  check(image: Image): void;
  /** Returns the consent that writing this image needs. */
  consent?(image: Image): Consent | undefined;
}

/** A camera whose own bootloader writes its partitions: the content of each. */
export interface PartitionedCamera {
  readonly board: Board;
  readonly partitions: readonly Partition[];
  /** What a restore writes without the bootloader, and a verify compares. */
  readonly boot: readonly PartitionContent[];
  /** What a flash writes, in this order. */
  readonly contents: readonly PartitionContent[];
  /** Name of the partition of the file system. */
  readonly filesystem: string;
  /**
   * Returns the expected milliseconds to erase, write and read back `length` bytes of a partition.
   */
  writeMs(partition: Partition, length: number): number;
  /** Returns the expected milliseconds to read `length` bytes. */
  readMs(length: number): number;
}

/** Returns the steps that write: an empty file system if requested, then every given image. */
export function writeSteps(
  camera: PartitionedCamera,
  images: BoardImages,
  options: JobOptions,
): Step[] {
  const { board, partitions: table, contents, filesystem, writeMs } = camera;
  const weight = (name: string, length: number) => writeMs(partitionNamed(table, name), length);
  for (const { role, isNeeded } of contents) if (isNeeded) requireImage(images, board, role);
  const writes = given(contents, images).map(({ role, partition, region, image, consent }) =>
    writeStep({
      id: role,
      title: text`Write the ${region}`,
      table,
      partition,
      region,
      content: image,
      weight: weight(partition, image.bytes.length),
      effect: "writes",
      consent: consent?.(image),
    })
  );
  if (!options.eraseFilesystem) return writes;
  return [eraseFilesystemStep(table, filesystem, weight(filesystem, BLOCK_SIZE)), ...writes];
}

/** Returns the names of the partitions that `writeSteps` writes. */
export function neededPartitions(
  { contents, filesystem }: PartitionedCamera,
  images: BoardImages,
  options: JobOptions,
): readonly string[] {
  return [
    ...contents.filter(({ role }) => images.get(role)).map(({ partition }) => partition),
    ...(options.eraseFilesystem ? [filesystem] : []),
  ];
}

/** Compares the bytes with a partition from its start. @throws UnbrickError `verify-failed` */
export type Compare = (
  context: StepContext,
  partition: Partition,
  bytes: Uint8Array,
) => Promise<void>;

/**
 * Returns steps that compare every given image with the camera's content.
 * @param compare default: through the camera's bootloader.
 * @throws UnbrickError `not-found` if there is no image at all, and errors of the checks
 */
export function compareSteps(
  camera: PartitionedCamera,
  images: BoardImages,
  compare: Compare = (context, { name }, bytes) =>
    comparePartition(context, camera.partitions, name, bytes),
): Step[] {
  const { board, partitions, boot, contents, readMs } = camera;
  const all = given([...boot, ...contents], images);
  if (all.length === 0) throw noImage(images, board);
  return all.map(({ partition: name, region, image }) => {
    const partition = partitionNamed(partitions, name);
    return compareStep({
      image,
      region,
      address: partition.start,
      weight: readMs(image.bytes.length),
      compare: (context) => compare(context, partition, image.bytes),
    });
  });
}

/**
 * Checks every given image.
 * @returns the consents that writing them needs
 * @throws errors of the checks
 */
export function checkContents(
  { boot, contents }: PartitionedCamera,
  images: BoardImages,
): Consent[] {
  return given([...boot, ...contents], images)
    .flatMap(({ image, consent }) => consent?.(image) ?? []);
}

/** Returns the contents whose images are given and pass their checks. */
function given(contents: readonly PartitionContent[], images: BoardImages) {
  return contents.flatMap((content) => {
    const image = images.get(content.role);
    if (!image) return [];
    content.check(image);
    return [{ ...content, image }];
  });
}
