import { UnbrickError } from "../../../common/errors.ts";
import { duration } from "../../../common/format.ts";
import { text } from "../../../common/text.ts";
import type { BootloaderCommand } from "../../../family/board.ts";
import type { ListedFamily } from "../../../family/family.ts";
import { badImage } from "../../../image/bad_image.ts";
import type { Image } from "../../../image/image.ts";
import { refuseUnlessBlank, sendCommand } from "../../../openmv_bootloader/command.ts";
import { PartitionClient } from "../../../protocols/dfu/client/partition_client.ts";
import { boardById } from "../../devices/board_names.ts";
import { type Candidate, seenDevice } from "./candidate.ts";
import type { PlainJob } from "./plain.ts";

/** Alternate settings that accept a key and cannot be read, such as RECOVERY of the OpenMV AE3. */

/** Returns the command behind an alternate setting of a known camera. */
export function commandOf(
  families: readonly ListedFamily[],
  candidate: Candidate,
): BootloaderCommand | undefined {
  const seen = seenDevice(candidate);
  const detected = families.map((family) => family.recognise(seen)).find((one) => one);
  if (detected?.mode !== "bootloader") return undefined;
  return detected.boardIds
    .flatMap((id) => boardById(id, families).board.commands ?? [])
    .find(({ partition }) => partition === candidate.name);
}

/**
 * Sends the key, and proves its effect by the partitions that it erases.
 *
 * @throws UnbrickError `bad-image` for another file than the key
 */
export async function downloadCommand(
  { device, clock, candidate, console, signal }: PlainJob,
  command: BootloaderCommand,
  image: Image,
): Promise<void> {
  refuseOtherKey(command, image);
  const { partition: name, blanks, deadlineMs, next } = command;
  const client = await PartitionClient.open(device, clock);
  const alternate = candidate.bAlternateSetting;
  console.write(
    `${name} only accepts a key. It cannot be read. The bootloader answers when it is done, after ` +
      `${duration(deadlineMs)} at most. Do not unplug the camera.\n`,
  );
  const start = clock.now();
  await sendCommand(client, { alternate, name }, command, { signal });
  console.write(
    `The bootloader took the key and was done after ${duration(clock.now() - start)}.\n`,
  );
  const partitions = await PartitionClient.partitions(device, signal);
  await refuseUnlessBlank(client, partitions, command, { signal });
  console.write(
    `Nothing can be read back from ${name}; ${
      blanks.join(" and ")
    } are blank now, as they must be.\n` +
      `${next}\n`,
  );
}

/** Refuses to upload from such an alternate setting. @throws UnbrickError `protected` */
export function refuseCommandUpload({ partition: name }: BootloaderCommand): never {
  throw new UnbrickError(
    "protected",
    text`The alternate setting ${name} only accepts a key. It cannot be read.`,
    { alternate: name },
  );
}

/**
 * Refuses another file. The bootloader compares only the first bytes, but a longer file is not the
 * key.
 */
function refuseOtherKey({ partition, bytes }: BootloaderCommand, image: Image): void {
  const isKey = image.bytes.length <= bytes.length && image.bytes.length > 0 &&
    bytes.every((byte, at) => byte === (image.bytes[at] ?? 0));
  if (isKey) return;
  throw badImage(
    image.name,
    text`it is not the key that the alternate setting ${partition}
    accepts`,
  );
}
