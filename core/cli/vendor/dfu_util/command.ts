import { basename } from "node:path";
import { DfuClient } from "../../../protocols/dfu/client/dfu_client.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { BoardFamily } from "../../../family/family.ts";
import { byteSize, usbId } from "../../../common/format.ts";
import type { Image } from "../../../image/image.ts";
import { readFile } from "../../../image/files.ts";
import { loadImage } from "../../../image/load.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import type { Console } from "../../terminal/console.ts";
import type { Context } from "../../context.ts";
import { tellForeignFailure } from "../vendor_failure.ts";
import { checkNew, writeNew } from "../../pages/output_file.ts";
import { refuseUnsignedFile } from "../../images/signed_files.ts";
import { refuseForbidden, refuseOtherBoard } from "./board_check.ts";
import { type Candidate, CandidateFinder, listLine } from "./candidates.ts";
import { downloadDfuSe, layoutOf, leaveDfuSe, targetAddress, uploadDfuSe } from "./dfuse.ts";
import { anyId, noId } from "./device_match.ts";
import { dfuUtilExitCode } from "./exit_code.ts";
import { helpText } from "./help.ts";
import { type DfuUtilOptions, parseDfuUtil } from "./options.ts";
import { downloadPlain, uploadPlain } from "./plain.ts";
import { findTarget, pick, type Surroundings, waitForCandidates } from "./target.ts";

/** More than any memory behind DFU. Our choice. */
const LARGEST_FILE = 268_435_456;
/** wTimeout of DETACH, as dfu-util gives it, ms. */
const DETACH_MS = 1000;
/** A device changes its mode within a few seconds. */
const RETURN_SECONDS = 30;

/**
 * dfu-util's command line with dfu-util's exit codes, except that 0 means "read back and equal".
 * @returns the exit code; what went wrong has been told
 */
export async function dfuUtil(argv: readonly string[], context: Context): Promise<number> {
  const console = context.openConsole({ colour: false });
  try {
    const options = parseDfuUtil(argv);
    await carryOut(options, context, console);
    return 0;
  } catch (thrown) {
    return dfuUtilExitCode(tellForeignFailure(thrown, "dfu-util", context, console));
  }
}

async function carryOut(
  options: DfuUtilOptions,
  context: Context,
  console: Console,
): Promise<void> {
  const banner = `unbrick ${context.version} in the manner of dfu-util`;
  if (options.mode === "help") return console.write(helpText);
  console.write(`${banner}\n`);
  if (options.mode === "version") return;
  const image = options.mode === "download" ? await readImage(options.file!, context) : undefined;
  if (options.mode === "upload") checkNew(options.file!);
  const bus = await context.openUsbBus({ library: options.libusb });
  const { clock, signal, families } = context;
  try {
    await onBus({ bus, clock, signal, console }, options, families, image);
  } finally {
    await bus.close();
  }
}

async function onBus(
  surroundings: Surroundings,
  options: DfuUtilOptions,
  families: readonly BoardFamily[],
  image: Image | undefined,
): Promise<void> {
  if (options.mode === "list") return await list(surroundings, options);
  const { bus, console } = surroundings;
  let candidate = await findTarget(surroundings, options);
  tellDevice(console, candidate);
  if (candidate.dfu.mode === "runtime" && options.mode !== "detach") {
    candidate = await switchToDfu(surroundings, options, candidate);
    tellDevice(console, candidate);
  }
  refuseForbidden(candidate);
  if (image) checkImage(image, candidate, options, families);
  const device = await bus.open(candidate.info);
  try {
    const job = { ...surroundings, device, candidate, options };
    if (image) {
      await (candidate.dfu.isDfuSe ? downloadDfuSe(job, image) : downloadPlain(job, image));
    }
    if (options.mode === "upload") {
      const bytes = await (candidate.dfu.isDfuSe ? uploadDfuSe(job) : uploadPlain(job));
      writeNew(options.file!, bytes);
      console.write(`Received a total of ${bytes.length} bytes\n`);
    }
    if (options.mode === "detach") await detach(surroundings, device, candidate);
    if (options.mode === "reset" && options.dfuse?.leave) await leaveDfuSe(job);
    else if (options.reset) await resetDevice(surroundings, device, candidate);
  } finally {
    await device.close();
  }
}

async function list(
  { bus, clock, signal, console }: Surroundings,
  options: DfuUtilOptions,
): Promise<void> {
  const { found, blocked } = await new CandidateFinder(bus, options, clock).find(signal);
  // dfu-util prints the last alternate setting first.
  for (const candidate of found.toReversed()) console.write(`${listLine(candidate)}\n`);
  for (const { info, error } of blocked) {
    const { idVendor, idProduct } = info.descriptor;
    console.writeError(
      `Cannot open DFU device ${usbId(idVendor, idProduct)} found on devnum ${info.address}: ` +
        `${error.message}\n`,
    );
  }
}

/** The file, before any device is looked for. @throws UnbrickError `not-found`, `bad-image` */
async function readImage(path: string, context: Context): Promise<Image> {
  const name = path === "-" ? "standard input" : basename(path);
  const bytes = path === "-"
    ? new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer())
    : readFile(path, LARGEST_FILE);
  refuseUnsignedFile(context, bytes, name);
  const image = loadImage(bytes, { role: "", name, source: path });
  if (image.bytes.length === 0) {
    throw new UnbrickError("bad-image", `${name} is empty.`, { file: name });
  }
  if (image.simulationOnly) {
    throw new UnbrickError(
      "bad-image",
      `${name} is made for simulated cameras only and never written to a real one.`,
      { file: name, simulationOnly: true },
    );
  }
  return image;
}

/** What can be told before the first transfer. @throws UnbrickError `wrong-board`, `usage`, `protocol` */
function checkImage(
  image: Image,
  candidate: Candidate,
  options: DfuUtilOptions,
  families: readonly BoardFamily[],
): void {
  const { idVendor, idProduct } = candidate.info.descriptor;
  const { vendorId = idVendor, productId = idProduct } = image.usbIds ?? {};
  if (vendorId !== idVendor || productId !== idProduct) {
    throw new UnbrickError(
      "wrong-board",
      `${image.name} is meant for ${usbId(vendorId, productId)}, ` +
        `and the device is ${usbId(idVendor, idProduct)}.`,
      { vendorId, productId },
    );
  }
  if (options.dfuse?.force) return;
  const isProgramStart = candidate.dfu.isDfuSe &&
    targetAddress(image, options) === layoutOf(candidate).segments[0].address;
  refuseOtherBoard(families, candidate, image, isProgramStart);
}

function tellDevice(console: Console, { info, dfu, bAlternateSetting, name }: Candidate): void {
  const { idVendor, idProduct } = info.descriptor;
  const version = dfu.functional.bcdDFUVersion.toString(16).padStart(4, "0");
  console.write(
    `Device ID ${usbId(idVendor, idProduct)}, port ${info.portPath}\n` +
      `Device DFU version ${version}, transfer size ${byteSize(dfu.functional.wTransferSize)}\n` +
      `Alternate setting ${bAlternateSetting}${name === undefined ? "" : `: ${name}`}\n`,
  );
}

/** DETACH to a running firmware, then until the same port shows its bootloader. */
async function switchToDfu(
  surroundings: Surroundings,
  options: DfuUtilOptions,
  candidate: Candidate,
): Promise<Candidate> {
  const { bus, console } = surroundings;
  console.write("The device runs its firmware; telling it to start its bootloader\n");
  const device = await bus.open(candidate.info);
  try {
    await detach(surroundings, device, candidate);
    if (!candidate.dfu.functional.willDetach) await resetQuietly(device);
  } finally {
    await device.close();
  }
  const inDfuMode: DfuUtilOptions = {
    ...options,
    path: candidate.info.portPath,
    device: { runtime: noId, dfu: options.device?.dfu ?? anyId },
    timeout: Math.max(options.detachDelay, RETURN_SECONDS),
  };
  return pick(await waitForCandidates(surroundings, inDfuMode), options);
}

async function detach(
  { clock }: Surroundings,
  device: UsbDevice,
  { dfu }: Candidate,
): Promise<void> {
  await device.claim(dfu.bInterfaceNumber);
  await new DfuClient({ device, clock, dfu }).detach(DETACH_MS);
}

/** `-R`. A device that leaves the bus on the way has done what it was told. */
async function resetDevice(
  surroundings: Surroundings,
  device: UsbDevice,
  candidate: Candidate,
): Promise<void> {
  surroundings.console.write("Resetting USB to switch back to Run-Time mode\n");
  try {
    await detach(surroundings, device, candidate);
  } catch (error) {
    if (!isKind(error, "disconnected", "stalled")) throw error;
  }
  await resetQuietly(device);
}

async function resetQuietly(device: UsbDevice): Promise<void> {
  try {
    await device.reset();
  } catch (error) {
    if (!isKind(error, "disconnected")) throw error;
  }
}
