import { builtin } from "../../common/builtin.ts";
import type { Board, Job } from "../../family/board.ts";
import type { Look } from "../../device/finder.ts";
import { DeviceFinder } from "../../device/finder.ts";
import { withDeadline } from "../../common/clock.ts";
import {
  asUnbrickError,
  type Failure,
  failureOf,
  isKind,
  type UnbrickError,
} from "../../common/errors.ts";
import { usbId } from "../../common/format.ts";
import type { BoardImages } from "../../image/image.ts";
import { missingRoles, placesFor } from "../../image/completeness.ts";
import type { UsbBus, UsbDeviceInfo } from "../../transport/usb/device.ts";
import { allBoards } from "../devices/board_names.ts";
import { ImageChooser } from "../images/choose_images.ts";
import { measuringJob } from "../images/missing_images.ts";
import type { Session } from "../session.ts";
import type {
  Answers,
  BoardImagesAnswer,
  DeviceAnswer,
  FolderAnswer,
  ImagesAnswer,
  SerialAnswer,
} from "./answers.ts";
import { hidrawNodes } from "../../device/hidraw.ts";
import { type Holder, holders } from "../../device/holders.ts";
import { driversOf, interferingPrograms, nodeOf, rulesState } from "./linux_probe.ts";
import type { SystemFiles } from "../../device/system_files.ts";
import { text } from "../../common/text.ts";

/** How long devices may take to answer, ms: the longest time that opening one may hang. */
const DEVICES_MS = 7_000;

/** Asks the system all questions. Opens devices only to read their names; changes nothing. */
export async function ask(session: Session): Promise<Answers> {
  const { context, options, console } = session;
  const files = context.systemFiles?.();
  const library = await attempt(() => context.usbLibrary({ library: options.libusb }));
  const usb = "version" in library ? await askBus(session, files) : { devices: [] };
  const { isTerminal, canAsk, columns, colour, unicode } = console;
  return {
    os: context.os,
    version: context.version,
    library: "version" in library ? library.version : library,
    ...usb,
    serialPorts: await attempt(() => askSerial(session, files)),
    images: await attempt(() => askImages(session)),
    folders: await askFolders(session, "version" in library ? library.folder : undefined),
    terminal: { isTerminal, canAsk, columns, colour, unicode },
    udevRules: context.os === "linux"
      ? await rulesState((path) => readText(session, path))
      : undefined,
    interferingPrograms: files ? await attempt(() => interferingPrograms(files)) : [],
  };
}

async function attempt<T>(question: () => T | Promise<T>): Promise<T | Failure> {
  try {
    return await question();
  } catch (error) {
    const refused = asUnbrickError(error);
    if (refused.kind === "cancelled") throw error;
    return failureOf(refused);
  }
}

async function askBus(
  session: Session,
  files: SystemFiles | undefined,
): Promise<Pick<Answers, "bus" | "devices">> {
  const { context, families, options, signal } = session;
  let bus: UsbBus | undefined;
  try {
    bus = await context.openUsbBus({ library: options.libusb });
    const all = await bus.list();
    // Look before opening the devices: afterwards this process has them open, too.
    const hidraw = files ? all.map(({ portPath }) => hidrawNodes(portPath, files)) : [];
    const nodes = new Set([...all.map(nodeOf), ...(await Promise.all(hidraw)).flat()]);
    const held = files ? await holders(nodes, files, Deno.pid) : new Map();
    const { port } = options;
    const look = await new DeviceFinder(bus, families, session.clock)
      .look(signal, { port, budgetMs: DEVICES_MS });
    const devices = await deviceAnswers(look, files, held);
    const isAsked = (device: DeviceAnswer) => port === undefined || device.port === port;
    return { bus: all.length, devices: devices.filter(isAsked) };
  } catch (error) {
    const refused = asUnbrickError(error);
    if (refused.kind === "cancelled") throw error;
    return { bus: failureOf(refused), devices: [] };
  } finally {
    await bus?.close();
  }
}

async function deviceAnswers(
  { detectedDevices, unusable, silent = [] }: Look,
  files: SystemFiles | undefined,
  held: ReadonlyMap<string, readonly Holder[]>,
): Promise<DeviceAnswer[]> {
  const known = await Promise.all(detectedDevices.map(async ({ seen, title, mode, isSerial }) => ({
    ...await facts(seen.usb, files, held),
    title,
    mode,
    isSerial,
    serial: seen.serial,
    refused: refusal(seen.unreadable),
  })));
  const others = await Promise.all(
    [...unusable, ...silent].filter(({ seen }) =>
      !known.some(({ port }) => port === seen.usb.portPath)
    )
      .map(async ({ seen, title, reason }) => ({
        ...await facts(seen.usb, files, held),
        title,
        refused: refusal(reason),
      })),
  );
  return [...known, ...others].sort((one, other) => one.port.localeCompare(other.port));
}

async function facts(
  usb: UsbDeviceInfo,
  files: SystemFiles | undefined,
  held: ReadonlyMap<string, readonly Holder[]>,
) {
  const HID = 3;
  const interfaces = usb.configurations[0]?.interfaces ?? [];
  const nodes = [nodeOf(usb), ...files ? await hidrawNodes(usb.portPath, files) : []];
  return {
    port: usb.portPath,
    usbId: usbId(usb.descriptor.idVendor, usb.descriptor.idProduct),
    isHid: interfaces.some(({ bInterfaceClass }) => bInterfaceClass === HID),
    drivers: files ? await driversOf(usb, files) : driverNames(usb),
    holders: [...new Map(nodes.flatMap((node) => held.get(node) ?? []).map((one) => [one.pid, one]))
      .values()],
  };
}

/** Returns the driver that Windows has bound, with its maker. */
function driverNames({ driver }: UsbDeviceInfo): string[] {
  if (!driver?.service) return [];
  return [driver.provider ? `${driver.service} (${driver.provider})` : driver.service];
}

function refusal(error: UnbrickError | undefined): Failure | undefined {
  return error && failureOf(error);
}

async function askSerial(
  { context, families }: Session,
  files: SystemFiles | undefined,
): Promise<SerialAnswer[] | undefined> {
  if (!context.openSerialBus) return undefined;
  const ports = await (await context.openSerialBus()).list();
  const held = files
    ? await holders(new Set(ports.map(({ path }) => path)), files, Deno.pid)
    : new Map<string, Holder[]>();
  const ids = families.flatMap((family) => family.usbIds);
  return await Promise.all(ports.map(async ({ path, usb }): Promise<SerialAnswer> => {
    const isOurs = usb !== undefined &&
      ids.some(({ vendorId, productId }) =>
        vendorId === usb.vendorId && (productId === undefined || productId === usb.productId)
      );
    return {
      path,
      usbId: isOurs ? usbId(usb.vendorId, usb.productId) : undefined,
      mayUse: await files?.mayUse(path),
      holders: held.get(path) ?? [],
    };
  }));
}

/** Returns the images that a restore would use, or a flash if the board has no restore. */
function askImages(session: Session): ImagesAnswer {
  const { families, options } = session;
  const chooser = new ImageChooser(session);
  void chooser.named; // a path that does not exist is reported as such, not as missing images
  const boards = allBoards(families).map(({ board }) => board)
    .flatMap((board) => boardImages(chooser, board));
  const origin = options.images.join(", ") ||
    (chooser.sets.imported.length > 0 ? text`the imported images` : text`the bundled images`);
  return { origin, boards };
}

function boardImages(chooser: ImageChooser, board: Board): BoardImagesAnswer[] {
  const job = measuringJob(board);
  if (!job) return [];
  const set = imagesOf(chooser, board, job);
  if (!set || set.all.length === 0) return [];
  const missing = missingRoles(board, job, new Set(set.all.map(({ role }) => role)));
  return [{
    board: board.id,
    images: set.all.map(({ role, name, bytes, sha256, simulationOnly }) => ({
      role,
      name,
      bytes: bytes.length,
      sha256,
      simulationOnly,
    })),
    missing: missing.map(({ role }) => role),
    whereToGet: placesFor(
      board.roles.filter((one) => missing.includes(one) || set.get(one.role)?.simulationOnly),
    ),
  }];
}

/** @throws UnbrickError `bad-image` */
function imagesOf(chooser: ImageChooser, board: Board, job: Job): BoardImages | undefined {
  try {
    return chooser.choose(board, { job, isReal: true });
  } catch (error) {
    if (isKind(error, "not-found", "wrong-board")) return undefined;
    throw error;
  }
}

async function askFolders(
  session: Session,
  library: string | undefined,
): Promise<FolderAnswer[]> {
  const folders = [
    ...(library === undefined
      ? []
      : [{ path: library, use: text`the USB library is loaded from there` }]),
    { path: ".", use: text`for reports and for what is read from a camera` },
  ];
  return await Promise.all(folders.map(async (folder) => ({
    ...folder,
    free: await freeBytes(session, folder.path),
  })));
}

/** How long a disk, possibly a network disk, may take to answer, ms. */
const FILE_MS = 2_000;

async function freeBytes({ clock }: Session, path: string): Promise<number | undefined> {
  const limit = { ms: FILE_MS, what: path };
  return await withDeadline(clock, limit, () => builtin.filesystem.statfs(path))
    .then(({ bavail, bsize }) => bavail * bsize, () => undefined);
}

async function readText({ clock }: Session, path: string): Promise<string | undefined> {
  const limit = { ms: FILE_MS, what: path };
  return await withDeadline(clock, limit, (signal) => Deno.readTextFile(path, { signal }))
    .catch(() => undefined);
}
