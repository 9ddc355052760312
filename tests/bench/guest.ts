/**
 * Compares both in the guest, with models in real time: dfu-util writes a bootloader, and in a
 * second run reads it back; unbrick restores the same and reads it back. The compared value is the
 * time on the bus, from the first DFU request to the last one, seen from the device; the emulated
 * processor makes the start of any program slow, so the time of the whole processes is given too.
 */
import { boards, type Stm32Board } from "../../boards/openmv_stm32/boards.ts";
import { openmvStm32 } from "../../boards/openmv_stm32/mod.ts";
import { systemClock } from "../../core/common/clock.ts";
import type { SimulatedBoard } from "../../core/family/family.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { bootMachine, EXECUTABLE } from "../guest/boot.ts";
import { Guest } from "../guest/guest.ts";
import { release } from "../guest/images.ts";
import type { BenchRow } from "./row.ts";

const CLASS_REQUEST = 0x20, REQUEST_TYPE = 0x60, TO_HOST = 0x80;

/** Measurements of one program's session with the device. */
interface Session {
  /** Milliseconds from the first DFU request to the last. */
  readonly busMs: number;
  readonly requests: number;
  /** Payload bytes sent to the device. */
  readonly bytesSent: number;
  /** Payload bytes received from the device. */
  readonly bytesReceived: number;
  /** Milliseconds during which the chip was busy. */
  readonly busyMs: number;
  /** Milliseconds from the start of the process to its end. */
  readonly processMs: number;
}

export async function rows(): Promise<BenchRow[]> {
  const machine = await bootMachine(EXECUTABLE);
  try {
    const guest = new Guest(machine);
    const all: BenchRow[] = [];
    for (const board of boards) {
      const folder = `/tmp/release/${board.folder}`;
      await guest.run(`mkdir -p ${folder}`);
      await machine.put(`${folder}/bootloader.bin`, release(board).bootloader);
      all.push(...await sideBySide(guest, board, folder));
    }
    await guest.close();
    return all;
  } finally {
    await machine.stop();
  }
}

async function sideBySide(guest: Guest, board: Stm32Board, folder: string): Promise<BenchRow[]> {
  const file = `${folder}/bootloader.bin`, copy = "/tmp/read-back.bin";
  const size = release(board).bootloader.length;
  const line = `dfu-util -d ,0483:df11 -a 0 -s 0x08000000 -D ${file}`;
  // A second process starts from the beginning, as it does for every user.
  const readLine = `dfu-util -d ,0483:df11 -a 0 -s 0x08000000:${size} -U ${copy}`;
  const bothLines = `rm -f ${copy}; ${line} && ${readLine} && cmp ${file} ${copy}`;
  const restoreLine =
    `unbrick restore ${board.id} --bootloader-only --yes --json --images /tmp/release`;
  const dfuUtil = await measure(guest, board, line);
  const both = await measure(guest, board, bothLines);
  const own = await measure(guest, board, `unbrick ${line}`);
  const restore = await measure(guest, board, restoreLine);
  const { id } = board;
  return [
    {
      name: `${id}: restore with read-back / dfu-util's write alone, on the bus`,
      value: restore.busMs / dfuUtil.busMs,
      unit: "ratio",
      ...(board.id === "openmv-m7" && { limit: 0.5 }),
    },
    {
      name: `${id}: unbrick dfu-util with read-back / dfu-util's write alone`,
      value: own.busMs / dfuUtil.busMs,
      unit: "ratio",
    },
    {
      name: `${id}: restore with read-back / dfu-util's write and read-back, on the bus`,
      value: restore.busMs / both.busMs,
      unit: "ratio",
      limit: 0.7,
    },
    {
      name: `${id}: unbrick dfu-util / dfu-util, each with its reading back, on the bus`,
      value: own.busMs / both.busMs,
      unit: "ratio",
    },
    ...describe(`${id}: dfu-util`, dfuUtil),
    ...describe(`${id}: dfu-util, then read back and compared`, both),
    ...describe(`${id}: unbrick restore`, restore, 1.6),
    ...describe(`${id}: unbrick dfu-util`, own),
  ];
}

/** @param limit the most that the time on the bus may be, as a multiple of the chip's */
function describe(name: string, session: Session, limit?: number): BenchRow[] {
  const { busMs, busyMs, processMs, requests, bytesSent, bytesReceived } = session;
  return [
    { name: `${name}: on the bus`, value: busMs, unit: "ms" },
    {
      name: `${name}: on the bus / the chip busy`,
      value: busMs / busyMs,
      unit: "ratio",
      ...(limit && { limit }),
    },
    { name: `${name}: DFU requests`, value: requests, unit: "" },
    { name: `${name}: sent`, value: bytesSent, unit: "bytes" },
    { name: `${name}: read`, value: bytesReceived, unit: "bytes" },
    { name: `${name}: whole process`, value: processMs, unit: "ms" },
  ];
}

/** How often a command may ask for a step by hand before it has asked the camera anything. */
const ATTEMPTS = 3;

/**
 * Runs a command with a bricked camera in its ROM, until it ends or asks for a step by hand. In the slow
 * guest, now and then, the camera's names do not come in time for the first look.
 */
async function measure(guest: Guest, board: Stm32Board, command: string): Promise<Session> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const session = await once(guest, board, command);
    if (session.requests > 0) return session;
  }
  throw new Error(`${command} asked for a step by hand before its first request`);
}

async function once(guest: Guest, board: Stm32Board, command: string): Promise<Session> {
  const socket = guest.bus.socket("1-1");
  const camera: SimulatedBoard = openmvStm32.simulate(board, { clock: systemClock, socket });
  for (const action of board.recoveryActions) await camera.perform(action);
  await guest.until("the ROM", "grep -qs df11 /sys/bus/usb/devices/1-1/idProduct");
  await guest.enumerated("1-1");

  let first = 0, last = 0, requests = 0, busyMs = 0, bytesSent = 0, bytesReceived = 0;
  let isOver = false;
  const stop = guest.bus.interpose({
    async transfer(_attachment, transfer, signal, next) {
      const isDfu = transfer.kind === "control" &&
        (transfer.setup.bmRequestType & REQUEST_TYPE) === CLASS_REQUEST;
      if (!isDfu || isOver) return await next(transfer);
      signal.throwIfAborted();
      first ||= systemClock.now();
      const result = await next(transfer);
      last = systemClock.now();
      busyMs = camera.busyMs;
      requests++;
      if ((transfer.setup.bmRequestType & TO_HOST) === 0) bytesSent += transfer.data.length;
      else bytesReceived += result.length;
      return result;
    },
  });
  const start = systemClock.now();
  let hands = Promise.resolve();
  const outcome = await guest.start(command, (line) => {
    if (!line.includes('"type":"hardware"')) return;
    isOver = true;
    const { actions } = JSON.parse(line) as { actions: HardwareAction[] };
    hands = hands.then(async () => {
      for (const action of actions) await camera.perform(action);
    });
  }, { seconds: 120 });
  const processMs = systemClock.now() - start;
  await hands;
  stop();
  await camera.perform({ id: "unplug", text: "Unplug the camera." });
  if (outcome.code !== 0) {
    throw new Error(`${command} ended with ${outcome.code}:\n${outcome.stderr}`);
  }
  return { busMs: last - first, requests, bytesSent, bytesReceived, busyMs, processMs };
}
