import { PartitionClient } from "../../../protocols/dfu/client/partition_client.ts";
import { UnbrickError } from "../../../common/errors.ts";
import type { Image } from "../../../image/image.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import type { Candidate } from "./candidate.ts";
import { withBar } from "./progress_bar.ts";
import type { Surroundings } from "./target.ts";

/** Transfers with a plain DFU 1.1 device, one partition for each alternate setting. */

export interface PlainJob extends Surroundings {
  readonly device: UsbDevice;
  readonly candidate: Candidate;
}

async function open({ device, clock, candidate }: PlainJob) {
  const client = await PartitionClient.open(device, clock);
  const { bAlternateSetting, name, dfu } = candidate;
  const partition = { alternate: bAlternateSetting, name: name ?? `${bAlternateSetting}` };
  // An upload holds a bootloader that would soon start its firmware (dfu-dfuse.md E2).
  if (dfu.functional.canUpload) await client.uploadBlock(partition, 0, client.dfu.blockSize);
  return { client, partition };
}

/** Writes and reads back. Returns only if the read-back was equal. */
export async function downloadPlain(job: PlainJob, image: Image): Promise<void> {
  const { console, signal, candidate } = job;
  const { client, partition } = await open(job);
  const { bytes } = image;
  await withBar(
    console,
    "Download",
    bytes.length,
    (onProgress) => client.write(partition, bytes, { signal, onProgress }),
  );
  if (!candidate.dfu.functional.canUpload) {
    throw new UnbrickError(
      "verify-failed",
      "The file is written, but this device offers no reading, so nothing proves it.",
      { readable: false },
    );
  }
  await withBar(
    console,
    "Verify",
    bytes.length,
    (onProgress) => client.verify(partition, bytes, { signal, onProgress }),
  );
  console.write("File downloaded successfully\n");
}

export async function uploadPlain(job: PlainJob): Promise<Uint8Array> {
  const { client, partition } = await open(job);
  const bytes = await client.read(partition, undefined, { signal: job.signal });
  return await withBar(job.console, "Upload", bytes.length, () => Promise.resolve(bytes));
}
