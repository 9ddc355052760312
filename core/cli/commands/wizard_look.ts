import { advice } from "../../common/advice.ts";
import type { Look } from "../../device/finder.ts";
import { type DetectedDevice, isUsable, type Mode, portOf } from "../../device/detected_device.ts";
import { asUnbrickError, isKind, type UnbrickError } from "../../common/errors.ts";
import { usbId } from "../../common/format.ts";
import { boardById } from "../devices/board_names.ts";
import { wrap } from "../terminal/layout.ts";
import { printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { adviceLines } from "../views/ending.ts";
import { failureLines } from "../views/failure.ts";
import { type DeviceHost, openRealHost } from "../devices/device_host.ts";
import { sentences, text, type Words } from "../../common/text.ts";

/** A camera on the bus that can be used. */
export interface SeenCamera {
  readonly port: string;
  readonly mode: Mode;
  /** The boards that it may be. */
  readonly boardIds: readonly string[];
  /** Label in a list: `port 1-1: OpenMV Cam H7, bootloader`. */
  readonly label: Words;
}

export interface BusInspection {
  readonly seen: readonly SeenCamera[];
  /** The given session, or a practice session if the bus cannot be read. */
  readonly session: Session;
}

/** Prints the devices on the bus, what they are, and how to fix problems with them. */
export async function inspectBus(session: Session): Promise<BusInspection> {
  const { console, signal, context } = session;
  const width = console.columns;
  if (session.options.simulate) {
    printLines(session, [
      ...wrap(text`Practice: the camera is simulated. No real device is used.`, width),
      "",
    ]);
    return { seen: [], session };
  }
  const opened = await open(session);
  if ("kind" in opened) return await offerPractice(session, opened);
  try {
    const look = await opened.finder.look(signal);
    printLines(session, [...lookLines(look, session, width), ""]);
    return { seen: look.detectedDevices.filter(isUsable).map(seenCamera), session };
  } finally {
    await opened.close();
  }

  async function open(session: Session): Promise<DeviceHost | UnbrickError> {
    try {
      return await openRealHost(session);
    } catch (thrown) {
      const error = asUnbrickError(thrown);
      if (isKind(error, "cancelled", "bug")) throw error;
      return error;
    }
  }

  async function offerPractice(session: Session, error: UnbrickError): Promise<BusInspection> {
    const style = makeStyle(console);
    printLines(session, [...failureLines(error, advice(error, context.os), { style, width }), ""]);
    const question = text`Without USB, you can only work on a simulated camera. Practise on one?`;
    if (!await context.prompts.confirm(question, signal)) throw error;
    return { seen: [], session: { ...session, options: { ...session.options, simulate: true } } };
  }
}

function seenCamera(detected: DetectedDevice): SeenCamera {
  const port = portOf(detected);
  const { mode, boardIds } = detected;
  return { port, mode, boardIds, label: text`port ${port}: ${detected.title}` };
}

/** What each mode means for restoring the camera. */
const meanings: Readonly<Record<Mode, Words>> = {
  firmware: text`Its firmware runs.`,
  bootloader: text`Its bootloader runs: firmware can be written.`,
  rom: text`The ROM bootloader of its chip runs: it can be restored.`,
  flashloader: text`A loader is running in its memory: a restore was started but not finished.`,
};

/** Returns lines about each device, followed by advice for those that cannot be opened. */
function lookLines(
  { detectedDevices, unusable, silent = [] }: Look,
  session: Session,
  width: number,
): string[] {
  const { context, families } = session;
  const strangers = [...unusable, ...silent].filter(({ seen }) =>
    !detectedDevices.some((one) => portOf(one) === seen.usb.portPath)
  );
  if (detectedDevices.length + strangers.length === 0) {
    return [
      ...wrap(text`No camera is connected over USB.`, width),
      ...wrap(
        text`A dead camera looks like this, and so does a camera on a charge-only cable.`,
        width,
      ),
    ];
  }
  const blocked = [
    ...detectedDevices.filter((one) => !isUsable(one)).flatMap(({ seen }) => seen.unreadable ?? []),
    ...strangers.map(({ reason }) => reason),
  ];
  const kinds = new Map(blocked.map((error) => [error.kind, error]));
  return [
    ...wrap(text`Connected over USB now:`, width),
    ...detectedDevices.flatMap((one) => [
      ...wrap(text`port ${portOf(one)}: ${one.title}`, width, "  "),
      ...wrap(describe(one, families), width, "    "),
    ]),
    ...strangers.flatMap(({ seen: { usb }, title, reason }) => [
      ...wrap(
        title ? text`port ${usb.portPath}: ${title}` : text`port ${usb.portPath}: unknown device
          ${usbId(usb.descriptor.idVendor, usb.descriptor.idProduct)}`,
        width,
        "  ",
      ),
      ...wrap(
        title ? reason.text : text`It cannot be opened: ${reason.text}`,
        width,
        "    ",
      ),
    ]),
    ...[...kinds.values()].flatMap((error) => adviceLines(advice(error, context.os), width)),
  ];
}

function describe(detected: DetectedDevice, families: Session["families"]): Words {
  const { mode, boardIds, isCandidate, seen } = detected;
  if (!isUsable(detected)) return text`It cannot be opened: ${seen.unreadable!.text}`;
  const names = boardIds.map((id) => boardById(id, families).board.name);
  if (isCandidate) {
    return text`This may be a camera, or another device that uses the same
    adapter.`;
  }
  return sentences(
    meanings[mode],
    names.length > 1 && text`It is one of: ${names.join(", ")}.`,
  );
}
