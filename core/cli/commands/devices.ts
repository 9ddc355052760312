import { advice } from "../../common/advice.ts";
import type { DeviceFinder, Look } from "../../device/finder.ts";
import { usbId } from "../../common/format.ts";
import { summarise } from "../../device/device_summary.ts";
import { commandAdvice } from "./advice.ts";
import { boardById } from "../devices/board_names.ts";
import { failureOf, isKind, type UnbrickError } from "../../common/errors.ts";
import { padded } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { FactsRecord } from "../pages/facts_record.ts";
import type { ListedDevice as DeviceFacts } from "../json/device_lines.ts";
import type { DeviceLine } from "../json/lines.ts";
import { adviceLines } from "../views/ending.ts";
import { openUsbHost } from "../devices/device_host.ts";
import { text } from "../../common/text.ts";

/** Advice for a command that works on no camera. */
const command = { name: "devices", common: { does: [] } };

/** The longest time between two looks at the bus, ms; a change triggers a look at once. */
const LOOK_INTERVAL_MS = 1000;

/** A device as this command lists it. */
interface ListedDevice extends DeviceFacts {
  /** Why it cannot be used. */
  readonly blocked?: UnbrickError;
}

/**
 * Lists the cameras on the bus and problems with them. With `--watch`, runs until Ctrl-C.
 * @returns the exit code
 */
export async function showDevices(
  session: Session,
  { watch }: { watch: boolean },
): Promise<number> {
  const record = new FactsRecord(session);
  const host = await openUsbHost(session);
  try {
    const { finder } = host;
    const first = await lookAtDevices(session, finder);
    if (!watch) {
      first.forEach((device) => record.add(deviceFacts("device", device, session)));
      printDevices(session, first);
    } else await watchDevices(session, finder, first, record);
    record.write();
    return 0;
  } finally {
    await host.close();
  }
}

/** Returns the devices on the bus, or only those on the requested port. */
async function lookAtDevices({ signal, options: { port } }: Session, finder: DeviceFinder) {
  const all = listed(await finder.look(signal, { port }));
  return port === undefined ? all : all.filter((device) => device.port === port);
}

function listed({ detectedDevices, unusable, silent = [] }: Look): ListedDevice[] {
  const known = detectedDevices.map((one) => ({
    ...summarise(one),
    driver: one.seen.usb.driver,
    blocked: one.seen.unreadable,
  }));
  const others = [...unusable, ...silent]
    .filter(({ seen }) => !known.some(({ port }) => port === seen.usb.portPath))
    .map(({ seen: { usb, serial }, title, reason }) => ({
      port: usb.portPath,
      usbId: usbId(usb.descriptor.idVendor, usb.descriptor.idProduct),
      title,
      serial,
      driver: usb.driver,
      blocked: reason,
    }));
  return [...known, ...others].sort((one, other) => one.port.localeCompare(other.port));
}

function printDevices(session: Session, seen: readonly ListedDevice[]): void {
  if (session.options.json) {
    return seen.forEach((device) => printJson(session, deviceFacts("device", device, session)));
  }
  const width = session.console.columns;
  if (seen.length === 0) {
    return printLines(session, [
      text`No camera is connected over USB.`,
      ...adviceLines(advice({ kind: "not-found" }, session.context.os), width),
    ]);
  }
  printLines(session, seen.flatMap((device) => deviceLines(device, session, width)));
  const kinds = new Map(seen.flatMap(({ blocked }) => blocked ? [[blocked.kind, blocked]] : []));
  for (const { kind, data } of kinds.values()) {
    printLines(
      session,
      adviceLines(commandAdvice({ kind, data }, session.context.os, command), width),
    );
  }
}

/** Returns the lines for a device: its port, title, possible boards and problems. */
function deviceLines(
  { port, usbId, title, mode, boardIds, serial, driver, blocked }: ListedDevice,
  { families }: Pick<Session, "families">,
  width: number,
): string[] {
  const names = boardIds?.map((id) => boardById(id, families).board.name) ?? [];
  const facts = [
    mode && text`mode ${mode}`,
    names.length > 0 &&
    (names.length === 1 ? text`${names[0]}` : text`one of: ${names.join(", ")}`),
    serial && text`serial ${serial}`,
    driver?.service && text`driver ${driver.service}`,
    blocked && text`cannot be used: ${blocked.text}`,
  ].filter((fact) => typeof fact === "object");
  return [
    ...wrap(`${say(text`port ${port}`)}  ${usbId}  ${say(title ?? text`unknown device`)}`, width),
    ...facts.flatMap((fact) => wrap(fact, width, "    ")),
  ];
}

function deviceFacts(
  type: DeviceLine["type"],
  { blocked, ...device }: ListedDevice,
  { context: { os } }: Session,
): DeviceLine {
  if (!blocked) return { type, ...device };
  const error = { ...failureOf(blocked), advice: commandAdvice(blocked, os, command) };
  return { type, ...device, error };
}

const changes = { arrived: text`arrived`, left: text`left` } as const;

/** Prints arrivals and departures until the signal aborts, which is the normal end. */
async function watchDevices(
  session: Session,
  finder: DeviceFinder,
  first: readonly ListedDevice[],
  record: FactsRecord,
): Promise<void> {
  const { signal, options, console } = session;
  const printChange = (type: "arrived" | "left", device: ListedDevice) => {
    const facts = deviceFacts(type, device, session);
    record.add(facts);
    if (options.json) return printJson(session, facts);
    const time = session.clock.date().toTimeString().slice(0, 8);
    const [head, ...more] = deviceLines(device, session, console.columns - 16);
    const lines = type === "arrived" ? [head, ...more] : [head];
    printLines(
      session,
      lines.map((line, at) => {
        return (at === 0 ? `${time}  ${padded(say(changes[type]), 8)}` : " ".repeat(18)) + line;
      }),
    );
  };
  if (!options.json) printLines(session, [text`Watching USB. Press Ctrl-C to stop.`]);
  let before = first;
  first.forEach((device) => printChange("arrived", device));
  try {
    while (true) {
      await finder.bus.changed({ timeoutMs: LOOK_INTERVAL_MS, signal });
      const now = await lookAtDevices(session, finder);
      before.filter((device) => !now.some((one) => isSame(one, device)))
        .forEach((device) => printChange("left", device));
      now.filter((device) => !before.some((one) => isSame(one, device)))
        .forEach((device) => printChange("arrived", device));
      before = now;
    }
  } catch (error) {
    if (!isKind(error, "cancelled")) throw error;
  }
}

function isSame(one: ListedDevice, other: ListedDevice): boolean {
  return one.port === other.port && one.usbId === other.usbId &&
    String(one.title) === String(other.title) &&
    one.serial === other.serial && one.blocked?.kind === other.blocked?.kind;
}
