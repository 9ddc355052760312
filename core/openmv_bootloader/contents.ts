import { text, type Words } from "../common/text.ts";
import type { Board } from "../family/board.ts";
import type { JobOptions } from "../family/family.ts";
import { noImage, requireImage } from "../image/board_images.ts";
import type { BoardImages, Image } from "../image/image.ts";
import { keepingStep, type RomfsPlace } from "./keep_romfs.ts";
import type { Consent } from "../plan/operator.ts";
import { compareStep } from "../plan/read_only_steps.ts";
import type { Step } from "../plan/step.ts";
import type { OnRead } from "../plan/read_back.ts";
import type { StepContext } from "../plan/step_context.ts";
import { comparePartition } from "./compare.ts";
import { BLOCK_SIZE } from "./identity.ts";
import { type Partition, partitionNamed, partitionSize } from "./partition.ts";
import { readPartition } from "./read.ts";
import { eraseFilesystemStep, writePartitionStep, zeroFirstBlock } from "./steps.ts";

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
  const { board, partitions: table, filesystem, writeMs } = camera;
  const weight = (name: string, length: number) => writeMs(partitionNamed(table, name), length);
  const wanted = wantedContents(camera, options);
  const needed = options.only === "romfs"
    ? wanted.slice(0, 1)
    : wanted.filter((one) => one.isNeeded);
  for (const { role } of needed) requireImage(images, board, role);
  const writes = given(wanted, images).map((content) => {
    const { role, partition, region, image, consent } = content;
    const write = writePartitionStep({
      id: role,
      title: text`Write the ${region}`,
      table,
      partition,
      region,
      content: image,
      weight: weight(partition, image.bytes.length),
      consent: consent?.(image),
    });
    return isRomfs(content) ? keepingStep(write, romfsPlace(table, content), options) : write;
  });
  if (!options.eraseFilesystem) return writes;
  return [eraseFilesystemStep(table, filesystem, weight(filesystem, BLOCK_SIZE)), ...writes];
}

/** Names of the partitions that `writeSteps` may write. */
export function neededPartitions(
  camera: PartitionedCamera,
  images: BoardImages,
  options: JobOptions,
): readonly string[] {
  const isWritten = (content: PartitionContent) =>
    images.get(content.role) && !(isRomfs(content) && options.romfs === "keep");
  return [
    ...wantedContents(camera, options).filter(isWritten).map(({ partition }) => partition),
    ...(options.eraseFilesystem ? [camera.filesystem] : []),
  ];
}

function wantedContents(
  { contents }: PartitionedCamera,
  { only }: JobOptions,
): readonly PartitionContent[] {
  if (only === undefined) return contents;
  return contents.filter((content) => isRomfs(content) === (only === "romfs"));
}

function isRomfs({ role }: PartitionContent): boolean {
  return role.startsWith("romfs");
}

function romfsPlace(
  table: readonly Partition[],
  { partition: name, region }: PartitionContent,
): RomfsPlace {
  const partition = partitionNamed(table, name);
  return {
    region,
    address: partition.start,
    size: partitionSize(partition),
    isReadable: async (context) => await context.detected(["bootloader"]) !== undefined,
    reader: (context) => (offset, length) =>
      readPartition(context, table, { partition, offset, length }),
    wipe: (context) => zeroFirstBlock(context, table, name),
  };
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
 * Returns steps that compare every given image with the camera's content.
 * @param compare default: through the camera's bootloader.
 * @throws UnbrickError `not-found` if there is no image at all, and errors of the checks
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
