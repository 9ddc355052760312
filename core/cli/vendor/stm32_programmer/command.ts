import type { DetectedDevice } from "../../../device/detected_device.ts";
import { portOf } from "../../../device/detected_device.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { LAYOUT_ROLE } from "../../../protocols/serial_boot/packets/row_roles.ts";
import { parseArguments } from "../../arguments/parse.ts";
import { allBoards, type KnownBoard } from "../../devices/board_names.ts";
import { type JobRequest, makePlan, runJob } from "../../commands/job.ts";
import type { RunResult } from "../../../plan/engine.ts";
import { printLines, type Session } from "../../session.ts";
import { openRealHost } from "../../devices/device_host.ts";
import { helpText } from "./help.ts";
import { refuseUnsignedFile } from "../../images/signed_files.ts";
import { layoutImages } from "./layout_images.ts";
import { type Connection, parseProgrammer, type ProgrammerOptions } from "./options.ts";

const ST_VENDOR_ID = 0x0483, DFU_PRODUCT_ID = 0xDF11;

/**
 * The command line of STM32_Programmer_CLI for a flash layout. As that program does, it asks nothing.
 * @returns the exit code
 * @throws UnbrickError as the restore of a board does; `usage`
 */
export async function stm32Programmer(session: Session, argv: readonly string[]): Promise<number> {
  const options = parseProgrammer(argv);
  const own = withOptions(session, options.rest);
  switch (options.action) {
    case "help":
      own.console.write(helpText);
      return 0;
    case "version":
      printLines(own, [`unbrick ${own.context.version}`]);
      return 0;
    case "list":
      printLines(own, listing(await stDevices(own)));
      return 0;
    case "show": {
      const device = pick(await stDevices(own), options.connection!);
      if (!device) throw nothingThere(options.connection!);
      printLines(own, describe(device, options.connection!.index));
      return 0;
    }
    case "download":
      return await download(own, options);
  }
}

async function download(
  given: Session,
  { layout, connection }: ProgrammerOptions,
): Promise<number> {
  const session: Session = { ...given, options: { ...given.options, yes: true } };
  const known = boardOfLayouts(session);
  const { board } = known;
  const images = layout === undefined ? undefined : layoutImages(
    layout,
    (bytes, path) => refuseUnsignedFile(session.context, bytes, path, session.options.publicKey),
  );
  const request: JobRequest = {
    job: "restore",
    board: board.id,
    bootloaderOnly: true,
    ...(images && { images }),
  };
  if (session.options.simulate) return exitCodeOf(await runJob(session, request));
  makePlan(session, known, request, "real"); // refuses files before the bus is opened
  const port = await portFor(session, board.id, connection!);
  const options = { ...session.options, ...(port !== undefined && { port }) };
  return exitCodeOf(await runJob({ ...session, options }, request));
}

function exitCodeOf({ error }: RunResult): number {
  return error?.exitCode ?? 0;
}

/** The port of the device that is meant; undefined if none is there yet, so that it is waited for. */
async function portFor(
  session: Session,
  boardId: string,
  connection: Connection,
): Promise<string | undefined> {
  if (session.options.port !== undefined) return session.options.port;
  const device = pick(await stDevices(session), connection);
  if (!device) {
    if (connection.serial === undefined && connection.index === 1) return undefined;
    throw nothingThere(connection);
  }
  if (device.boardIds.includes(boardId)) return portOf(device);
  throw new UnbrickError(
    "wrong-board",
    `USB${connection.index} is not an N6: it is the ${device.title} on port ${portOf(device)}.`,
    { port: portOf(device) },
  );
}

/** Devices with ST's DFU id that a family knows, in the order of their ports. */
async function stDevices(session: Session): Promise<DetectedDevice[]> {
  const host = await openRealHost(session);
  try {
    const { detectedDevices } = await host.finder.look(session.signal);
    return detectedDevices
      .filter(({ seen: { usb: { descriptor } } }) =>
        descriptor.idVendor === ST_VENDOR_ID && descriptor.idProduct === DFU_PRODUCT_ID
      )
      .sort((one, other) => portOf(one).localeCompare(portOf(other)));
  } finally {
    await host.close();
  }
}

function pick(
  devices: readonly DetectedDevice[],
  { index, serial }: Connection,
): DetectedDevice | undefined {
  if (serial === undefined) return devices[index - 1];
  return devices.find(({ seen }) => seen.serial?.toUpperCase() === serial.toUpperCase());
}

function nothingThere({ index, serial }: Connection): UnbrickError {
  const what = serial === undefined ? `no device USB${index}` : `no device with serial ${serial}`;
  return new UnbrickError("not-found", `There is ${what} in ST's DFU mode on the bus.`, {
    index,
    serial: serial ?? null,
  });
}

function listing(devices: readonly DetectedDevice[]): string[] {
  if (devices.length === 0) return ["No device in ST's DFU mode is on the bus."];
  return devices.flatMap((device, at) => describe(device, at + 1));
}

function describe(device: DetectedDevice, index: number): string[] {
  const { seen, title } = device;
  const blocked = seen.unreadable ? [`  Cannot be opened: ${seen.unreadable.message}`] : [];
  return [
    `Device Index           : USB${index}`,
    `  Port                 : ${portOf(device)}`,
    `  Serial number        : ${seen.serial ?? "none"}`,
    `  Product              : ${seen.product ?? "none"}`,
    `  Recognised as        : ${title}`,
    ...[...seen.interfaceNames.values()].map((name) => `  Partition            : ${name}`),
    ...blocked,
  ];
}

/** The board that is restored by a flash layout. */
function boardOfLayouts({ families }: Session): KnownBoard {
  const known = allBoards(families).find(({ board }) =>
    board.roles.some(({ role }) => role === LAYOUT_ROLE)
  );
  if (known) return known;
  throw new UnbrickError("bug", "No board is restored by a flash layout.");
}

/** The session with the options of unbrick that stood among those of STM32_Programmer_CLI. */
function withOptions(session: Session, words: readonly string[]): Session {
  if (words.length === 0) return session;
  const { context } = session;
  const parse = (argv: readonly string[]) => parseArguments(argv, context.version);
  const given = parse(["boards", ...words]), defaults = parse(["boards"]);
  if ("show" in given || "show" in defaults) return session;
  const changed = Object.entries(given).filter(([name, value]) =>
    JSON.stringify(value) !== JSON.stringify(defaults[name as keyof typeof defaults])
  );
  return { ...session, options: { ...session.options, ...Object.fromEntries(changed) } };
}
