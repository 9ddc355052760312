import { DfuSeClient } from "../../../protocols/dfu/client/dfuse_client.ts";
import {
  type MemoryLayout,
  parseLayout,
  sectorAt,
  sectorsOf,
  segmentEnd,
} from "../../../protocols/dfu/packets/layout.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import type { Image } from "../../../image/image.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import { usage } from "../options.ts";
import type { Candidate } from "./candidate.ts";
import type { DfuUtilOptions } from "./options.ts";
import { withBar } from "./progress_bar.ts";
import { type Surroundings, waitForCandidates } from "./target.ts";

/** Transfers with a device that uses memory addresses (DfuSe). */

export interface DfuSeJob extends Surroundings {
  readonly device: UsbDevice;
  readonly candidate: Candidate;
  readonly options: DfuUtilOptions;
}

/** Returns the memory layout of the alternate setting. @throws UnbrickError `protocol` */
export function layoutOf({ name }: Candidate): MemoryLayout {
  return parseLayout(name ?? "");
}

async function open({ device, clock, signal, candidate, options }: DfuSeJob) {
  return await DfuSeClient.open({
    device,
    clock,
    signal,
    alternate: candidate.bAlternateSetting,
    layout: layoutOf(candidate),
    blockSize: options.transferSize,
  });
}

/** Returns the target address: `-s`, or the one in the file. @throws UnbrickError `usage` */
export function targetAddress(image: Image, { dfuse }: DfuUtilOptions): number {
  const { address = image.address } = dfuse ?? {};
  if (address === undefined) {
    throw usage(`${image.name} does not say where it belongs: give the address with -s.`);
  }
  if (image.address !== undefined && image.address !== address) {
    throw usage(`${image.name} belongs at ${hex(image.address)}, and -s says ${hex(address)}.`);
  }
  return address;
}

/** Erases, writes, reads back, and leaves if requested. Returns only if the read-back was equal. */
export async function downloadDfuSe(job: DfuSeJob, image: Image): Promise<void> {
  const { options: { dfuse }, signal, console } = job;
  const client = await open(job);
  if (dfuse?.unprotect) return await unprotect(job, client);
  const address = targetAddress(image, job.options);
  sectorsOf(client.layout, address, image.bytes.length, "writable");
  sectorsOf(client.layout, address, image.bytes.length, "readable"); // otherwise nothing can be proven
  if (dfuse?.massErase) await eraseAll(job, client);
  console.write(`Writing ${image.bytes.length} bytes from ${hex(address)} on\n`);
  await withBar(
    job.console,
    "Download",
    image.bytes.length,
    (onProgress) => client.writeRange(address, image.bytes, { signal, onProgress }),
  );
  await withBar(
    job.console,
    "Verify",
    image.bytes.length,
    (onProgress) => client.verifyRange(address, image.bytes, { signal, onProgress }),
  );
  console.write("File downloaded successfully\n");
  if (dfuse?.leave) await leave(job, client, address);
}

export async function uploadDfuSe(job: DfuSeJob): Promise<Uint8Array> {
  const { options, console, signal } = job;
  const client = await open(job);
  const address = options.dfuse?.address ?? client.layout.segments[0].address;
  const segment = sectorAt(client.layout, address)?.segment;
  const asked = options.dfuse?.length ?? options.uploadSize;
  const length = asked ?? (segment ? segmentEnd(segment) - address : 1);
  if (asked === undefined) {
    console.write(`Limiting upload to end of memory segment, ${length} bytes\n`);
  }
  const bytes = await withBar(
    job.console,
    "Upload",
    length,
    (onProgress) => client.readRange(address, length, { signal, onProgress }),
  );
  if (options.dfuse?.leave) await leave(job, client, address);
  return bytes;
}

/** Handles `-s :leave` alone. */
export async function leaveDfuSe(job: DfuSeJob): Promise<void> {
  await leave(job, await open(job), job.options.dfuse?.address);
}

async function leave(
  { console, signal }: DfuSeJob,
  client: DfuSeClient,
  address: number | undefined,
): Promise<void> {
  await client.leave(address, signal);
  console.write("The device was told to start its program.\n");
}

/** Erases the whole chip sector by sector: the result of a mass erase, without its blind wait. */
async function eraseAll(job: DfuSeJob, client: DfuSeClient): Promise<void> {
  for (const segment of client.layout.segments.filter(({ erasable }) => erasable)) {
    const length = segmentEnd(segment) - segment.address;
    await withBar(
      job.console,
      "Erase",
      length,
      (onProgress) =>
        client.eraseRange(segment.address, length, { signal: job.signal, onProgress }),
    );
  }
}

/** Removes the read protection, and waits until the device is back and can be read. */
async function unprotect(job: DfuSeJob, client: DfuSeClient): Promise<void> {
  const { console, bus, candidate, options } = job;
  console.write("Device disconnects, erases flash and resets now; the file is not written\n");
  await client.readUnprotectErasingEverything();
  await job.device.close();
  const { found } = await waitForCandidates(job, { ...options, path: candidate.info.portPath });
  const device = await bus.open(found[0].info);
  try {
    if (!await (await open({ ...job, device, candidate: found[0] })).isReadProtected()) return;
    throw new UnbrickError("protected", "The chip is still protected against reading.");
  } finally {
    await device.close();
  }
}
