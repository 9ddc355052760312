import { text, type Words } from "../common/text.ts";
import type { Board } from "../family/board.ts";
import type { JobOptions } from "../family/family.ts";
import { noImage, requireImage } from "../image/board_images.ts";
import type { BoardImages, Image } from "../image/image.ts";
import type { Consent } from "../plan/operator.ts";
import { compareStep } from "../plan/read_only_steps.ts";
import type { Step } from "../plan/step.ts";
import type { OnRead } from "../plan/read_back.ts";
import type { StepContext } from "../plan/step_context.ts";
import { comparePartition } from "./compare.ts";
import { BLOCK_SIZE } from "./identity.ts";
import { type Partition, partitionNamed } from "./partition.ts";
import { eraseFilesystemStep, writeStep } from "./steps.ts";

/** What one partition of a camera holds. */
export interface PartitionContent {
  /** Of the image. */
  readonly role: string;
  /** Name of the partition. */
  readonly partition: string;
  /** Name for people: "firmware". */
  readonly region: Words;
  /** A flash cannot do without it. */
  readonly isNeeded?: boolean;
  /** Refuses an image that cannot be right. @throws UnbrickError `bad-image`, `wrong-board` */
  check(image: Image): void;
  /** What must be agreed to before this image is written. */
  consent?(image: Image): Consent | undefined;
}

/** A camera whose own bootloader writes its partitions: what belongs where. */
export interface PartitionedCamera {
  readonly board: Board;
  readonly partitions: readonly Partition[];
  /** What a restore writes by other means than the bootloader, and a verify compares. */
  readonly boot: readonly PartitionContent[];
  /** What a flash writes, in this order. */
  readonly contents: readonly PartitionContent[];
  /** Name of the partition of the file system. */
  readonly filesystem: string;
  /** Expected milliseconds to erase, write and read back so many bytes of a partition. */
  writeMs(partition: Partition, length: number): number;
  /** Expected milliseconds to read so many bytes. */
  readMs(length: number): number;
}

/** The writing: an empty file system if it is asked for, then every image that is there. */
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

/** Names of the partitions that `writeSteps` writes. */
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

/**
 * Compares the bytes with a partition from its start, and hands over what was read.
 * @throws UnbrickError `verify-failed`
 */
export type Compare = (
  context: StepContext,
  partition: Partition,
  bytes: Uint8Array,
  onRead: OnRead,
) => Promise<void>;

/**
 * Compares every image that is there with what the camera holds.
 * @param compare default: through the camera's bootloader.
 * @throws UnbrickError `not-found` if there is no image at all, and what a check refuses
 */
export function compareSteps(
  camera: PartitionedCamera,
  images: BoardImages,
  compare: Compare = (context, { name }, bytes, onRead) =>
    comparePartition(context, camera.partitions, name, bytes, onRead),
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
      compare: (context, onRead) => compare(context, partition, image.bytes, onRead),
    });
  });
}

/**
 * Checks every image that is there.
 * @returns what must be agreed to before they are written
 * @throws what a check refuses
 */
export function checkContents(
  { boot, contents }: PartitionedCamera,
  images: BoardImages,
): Consent[] {
  return given([...boot, ...contents], images)
    .flatMap(({ image, consent }) => consent?.(image) ?? []);
}

/** The contents whose images are there and pass their checks. */
function given(contents: readonly PartitionContent[], images: BoardImages) {
  return contents.flatMap((content) => {
    const image = images.get(content.role);
    if (!image) return [];
    content.check(image);
    return [{ ...content, image }];
  });
}
