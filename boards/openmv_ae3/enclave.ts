import { IspClient } from "../../core/protocols/alif_isp/client/isp_client.ts";
import {
  answers,
  enterMaintenance,
  reachEnclave,
} from "../../core/protocols/alif_isp/client/connect.ts";
import { DEFAULT_BAUD } from "../../core/protocols/alif_isp/packets/command.ts";
import { parts } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { portOf, type Sighting } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { Bench } from "../../core/plan/step_context.ts";
import type { SerialPort, SerialPortInfo } from "../../core/transport/serial/port.ts";

/** From the bench to an open session with the Secure Enclave behind a serial adapter. */

/** The system's name for a port may come later than the USB device itself. */
const PORT_MS = 5_000;
const PORT_INTERVAL_MS = 100;
/** How long another program may hold the port before that is an error. */
const BUSY_MS = 15_000;

/** The serial port of a sighting: by its place on USB, or if that is not told by ids and serial. */
async function portInfo(bench: Bench, sighting: Sighting): Promise<SerialPortInfo> {
  const { descriptor } = sighting.seen.usb;
  const until = bench.clock.now() + PORT_MS;
  while (true) {
    const ports = (await bench.serial.list()).filter(({ usb }) =>
      usb?.vendorId === descriptor.idVendor && usb.productId === descriptor.idProduct
    );
    const here = ports.find(({ usb }) => usb?.portPath === portOf(sighting));
    if (here) return here;
    const unplaced = ports.filter(({ usb }) => usb?.portPath === undefined);
    const { serial } = sighting.seen;
    const [only, ...others] = unplaced.filter(({ usb }) => !serial || usb?.serial === serial);
    if (only && others.length === 0) return only;
    if (bench.clock.now() >= until) {
      throw new UnbrickError(
        "driver",
        `The serial adapter on port ${portOf(sighting)} shows up as no serial port of this system.`,
        { port: portOf(sighting) },
      );
    }
    await bench.clock.sleep(PORT_INTERVAL_MS, bench.signal);
  }
}

/** Opens the serial port of a sighting for `work`; nothing is sent before. */
export async function withPort<T>(
  bench: Bench,
  sighting: Sighting,
  work: (client: IspClient) => Promise<T>,
): Promise<T> {
  const info = await portInfo(bench, sighting);
  const port = await openWhenFree(bench, info);
  try {
    return await work(clientOn(bench, port));
  } finally {
    await port.close();
  }
}

/** A program that looks at every new serial port (ModemManager) holds it for some seconds. */
async function openWhenFree(bench: Bench, info: SerialPortInfo): Promise<SerialPort> {
  const until = bench.clock.now() + BUSY_MS;
  while (true) {
    try {
      return await bench.serial.open(info, { baudRate: DEFAULT_BAUD });
    } catch (error) {
      if (!isKind(error, "busy") || bench.clock.now() >= until) throw error;
      await bench.clock.sleep(PORT_INTERVAL_MS, bench.signal);
    }
  }
}

function clientOn(bench: Bench, port: SerialPort): IspClient {
  return new IspClient({
    port,
    clock: bench.clock,
    signal: bench.signal,
    onPrint: (text) => bench.note(`The Secure Enclave says: ${text}`),
  });
}

/** The recovery port of this run's camera. @throws UnbrickError `disconnected`. */
export async function recoveryPort(bench: Bench): Promise<Sighting> {
  const sighting = await bench.sighting(["rom"]);
  if (sighting) return sighting;
  throw new UnbrickError(
    "disconnected",
    `The recovery port of the ${bench.board.name} is no longer on the bus.`,
    { board: bench.board.id },
  );
}

/** A session with the enclave of this run's camera. @throws UnbrickError `timeout` if it is silent. */
export async function withEnclave<T>(
  bench: Bench,
  work: (client: IspClient, sighting: Sighting) => Promise<T>,
): Promise<T> {
  const sighting = await recoveryPort(bench);
  return await withPort(bench, sighting, async (client) => {
    if (await reachEnclave(client)) return await work(client, sighting);
    throw new UnbrickError(
      "timeout",
      `The Secure Enclave of the ${bench.board.name} does not answer any more.`,
      { board: bench.board.id, heard: client.link.heard || null },
    );
  });
}

/** As withEnclave, with its firmware in maintenance: no application runs, memory may be written. */
export async function withMaintenance<T>(
  bench: Bench,
  work: (client: IspClient) => Promise<T>,
): Promise<T> {
  return await withEnclave(bench, async (client) => {
    await enterMaintenance(client);
    return await work(client);
  });
}

/** A chip that has just got its power answers after half a second; each attempt takes 0.3 s. */
const PRESENCE_ATTEMPTS = 4;

/**
 * Makes the one adapter behind which an enclave answers this run's; the ids alone say nothing
 * (alif-isp.md A.1).
 * @returns false if none or several answer, or the run is bound to another port.
 * @throws UnbrickError `permission` if serial ports may not be opened.
 */
export async function bindAnswering(bench: Bench): Promise<boolean> {
  const answering: SerialPortInfo[] = [];
  for (const info of await bench.serial.list()) {
    if (isCandidate(info) && await isAnswering(bench, info)) answering.push(info);
  }
  const [only, ...others] = answering;
  if (!only || others.length > 0) return false;
  const { portPath, vendorId, productId } = only.usb!;
  try {
    await bench.waitFor({
      what: "the adapter that answers",
      modes: ["rom"],
      accept: (sighting) => {
        const { descriptor } = sighting.seen.usb;
        return portPath !== undefined
          ? portOf(sighting) === portPath
          : descriptor.idVendor === vendorId && descriptor.idProduct === productId;
      },
      deadlineMs: 500,
    });
    return true;
  } catch (error) {
    if (isKind(error, "timeout")) return false;
    throw error;
  }
}

/** True if an enclave answers behind the adapter; says no more than START_ISP. */
export async function answersBehind(bench: Bench, sighting: Sighting): Promise<boolean> {
  return await isAnswering(bench, await portInfo(bench, sighting));
}

const isCandidate = ({ usb }: SerialPortInfo) =>
  parts.some((one) => one.vendorId === usb?.vendorId && one.productId === usb.productId);

/** Addresses of the adapters that are there: a new arrival has another one. */
export async function adaptersNow(bench: Bench): Promise<(sighting: Sighting) => boolean> {
  const before = new Set(
    (await bench.usb.list()).map(({ bus, address }) => `${bus}/${address}`),
  );
  return ({ seen: { usb } }) => before.has(`${usb.bus}/${usb.address}`);
}

async function isAnswering(bench: Bench, info: SerialPortInfo): Promise<boolean> {
  try {
    const port = await bench.serial.open(info, { baudRate: DEFAULT_BAUD });
    try {
      return await answers(clientOn(bench, port), PRESENCE_ATTEMPTS);
    } finally {
      await port.close();
    }
  } catch (error) {
    // Who may not open one may not open the right one either.
    if (isKind(error, "cancelled", "permission")) throw error;
    return false; // held by somebody else, or gone
  }
}
