import type { ListedFamily } from "../../../family/family.ts";
import { byteSize, usbId } from "../../../common/format.ts";
import type { Image } from "../../../image/image.ts";
import type { Console } from "../../terminal/console.ts";
import { checkNew, writeNew } from "../../pages/output_file.ts";
import { type ToolRun, toolTitle, type VendorTool, vendorTool } from "../tool.ts";
import { dfuUtilAdvice } from "./advice.ts";
import { type Candidate, listLine } from "./candidate.ts";
import { CandidateFinder } from "./candidates.ts";
import { commandOf, downloadCommand, refuseCommandUpload } from "./command_partition.ts";
import { detach, resetDevice, switchToDfu } from "./detach.ts";
import { downloadDfuSe, leaveDfuSe, uploadDfuSe } from "./dfuse.ts";
import { dfuUtilExitCode } from "./exit_code.ts";
import { help } from "./help.ts";
import { fittingImage, refuseForbidden } from "./fitting_image.ts";
import { readImage } from "./image.ts";
import { type DfuUtilOptions, interpret, options } from "./options.ts";
import { downloadPlain, uploadPlain } from "./plain.ts";
import { findTarget, type Surroundings } from "./target.ts";

/** dfu-util's command line with its exit codes, except that 0 means "read back and equal". */
export const dfuUtil: VendorTool = vendorTool({
  name: "dfu-util",
  help,
  options,
  exitCode: dfuUtilExitCode,
  advice: dfuUtilAdvice,
  work: async (given, run) => await carryOut(interpret(given), run),
});

async function carryOut(
  options: DfuUtilOptions,
  { context, console, print }: ToolRun,
): Promise<void> {
  print(toolTitle("dfu-util", context));
  const image = options.mode === "download"
    ? await readImage(options.file!, options, context)
    : undefined;
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
  families: readonly ListedFamily[],
  file: Image | undefined,
): Promise<void> {
  if (options.mode === "list") return await list(surroundings, options);
  const { bus, console } = surroundings;
  let candidate = await findTarget(surroundings, options);
  printDevice(console, candidate);
  if (candidate.dfu.mode === "runtime" && options.mode !== "detach") {
    candidate = await switchToDfu(surroundings, options, candidate);
    printDevice(console, candidate);
  }
  refuseForbidden(candidate);
  const command = commandOf(families, candidate);
  if (command && options.mode === "upload") refuseCommandUpload(command);
  const image = file && await fittingImage(file, candidate, options, surroundings, families);
  const device = await bus.open(candidate.info);
  try {
    const job = { ...surroundings, device, candidate, options };
    if (image && command) await downloadCommand(job, command, image);
    else if (image) {
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

function printDevice(console: Console, { info, dfu, bAlternateSetting, name }: Candidate): void {
  const { idVendor, idProduct } = info.descriptor;
  const version = dfu.functional.bcdDFUVersion.toString(16).padStart(4, "0");
  console.write(
    `Device ID ${usbId(idVendor, idProduct)}, port ${info.portPath}\n` +
      `Device DFU version ${version}, transfer size ${byteSize(dfu.functional.wTransferSize)}\n` +
      `Alternate setting ${bAlternateSetting}${name === undefined ? "" : `: ${name}`}\n`,
  );
}
