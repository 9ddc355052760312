import { UnbrickError } from "../../../common/errors.ts";
import { portOf } from "../../../device/detected_device.ts";
import { LAYOUT_ROLE } from "../../../protocols/serial_boot/packets/row_roles.ts";
import { parseCommonOptions } from "../../arguments/common_parsers.ts";
import { type JobRequest, makePlan, runJob } from "../../commands/job.ts";
import { allBoards, type KnownBoard, ready } from "../../devices/board_names.ts";
import { refuseUnsignedFile } from "../../images/signed_files.ts";
import { openSession, type Session } from "../../session.ts";
import { printFailure } from "../../views/failure.ts";
import type { Given } from "../options.ts";
import { type ToolRun, type VendorTool, vendorTool } from "../tool.ts";
import { programmerAdvice } from "./advice.ts";
import { describe, listing, noSuchDevice, pick, stDevices } from "./devices.ts";
import { help } from "./help.ts";
import { layoutImages } from "./layout_images.ts";
import {
  type Connection,
  interpret,
  options,
  type ProgrammerOptions,
  unbrickArguments,
} from "./options.ts";

/**
 * The command line of STM32_Programmer_CLI for a flash layout. Like that program, it asks nothing.
 */
export const stm32Programmer: VendorTool = vendorTool({
  name: "STM32_Programmer_CLI",
  help,
  options,
  words: "kept",
  advice: programmerAdvice,
  async work(given, run) {
    if (given.options.length === 0 && given.words.length === 0) return run.console.write(help);
    const session = await sessionOf(given, run);
    const { json, debug } = session.options;
    try {
      return await carryOut(interpret(given), session);
    } catch (thrown) {
      if (!json) throw thrown;
      const { os, clock } = run.context;
      return printFailure(thrown, session.console, { os, clock, json, debug }).exitCode;
    }
  },
});

/** Opens a session with unbrick's options from the command line. */
async function sessionOf(given: Given, { context }: ToolRun): Promise<Session> {
  const options = parseCommonOptions(unbrickArguments(given));
  const console = context.openConsole({ colour: !options.noColor, plain: options.plain });
  return await openSession(context, { ...options, yes: true }, console);
}

async function carryOut(options: ProgrammerOptions, session: Session): Promise<number> {
  const { action, connection } = options;
  const print = (lines: readonly string[]) =>
    session.console.write(lines.map((line) => line + "\n").join(""));
  if (action === "download") return await download(session, options);
  const devices = await stDevices(session);
  if (action === "list") print(listing(devices));
  else {
    const device = pick(devices, connection!);
    if (!device) throw noSuchDevice(connection!);
    print(describe(device, connection!.index));
  }
  return 0;
}

async function download(
  session: Session,
  { layout, connection }: ProgrammerOptions,
): Promise<number> {
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
  const run = async (session: Session) => (await runJob(session, request)).error?.exitCode ?? 0;
  if (session.options.simulate) return await run(session);
  makePlan(session, await ready(known), request, "real"); // refuses files before the bus is opened
  const port = await portFor(session, board.id, connection!);
  return await run({ ...session, options: { ...session.options, ...(port && { port }) } });
}

/** Returns the port of the chosen device; undefined if it must still be waited for. */
async function portFor(
  session: Session,
  boardId: string,
  connection: Connection,
): Promise<string | undefined> {
  if (session.options.port !== undefined) return session.options.port;
  const device = pick(await stDevices(session), connection);
  if (!device) {
    if (connection.serial === undefined && connection.index === 1) return undefined;
    throw noSuchDevice(connection);
  }
  if (device.boardIds.includes(boardId)) return portOf(device);
  throw new UnbrickError(
    "wrong-board",
    `USB${connection.index} is not an N6: it is the ${device.title} on port ${portOf(device)}.`,
    { port: portOf(device) },
  );
}

/** Returns the board that is restored with a flash layout. */
function boardOfLayouts({ families }: Session): KnownBoard {
  const known = allBoards(families).find(({ board }) =>
    board.roles.some(({ role }) => role === LAYOUT_ROLE)
  );
  if (known) return known;
  throw new UnbrickError("bug", "No board is restored by a flash layout.");
}
