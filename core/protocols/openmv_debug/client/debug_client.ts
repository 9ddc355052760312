import type { Clock } from "../../../common/clock.ts";
import { isKind } from "../../../common/errors.ts";
import type { SerialBus, SerialPort, SerialPortInfo } from "../../../transport/serial/port.ts";
import type { TransferOptions } from "../../../transport/usb/device.ts";
import { encodePacket, Flag, Opcode, PacketReader } from "../packets/packet.ts";
import { V1_PAUSE_MS, V1Command, V1Opcode } from "../packets/v1.ts";

/** How to ask a running program to start its bootloader. `touch`: Arduino's 1200 baud. */
export type Way = "V2" | "V1" | "touch";

export interface EnterOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Tried in this order. V2 comes before V1 (openmv-boards.md 7.1). */
  readonly ways: readonly Way[];
}

/** Not just a speed: together with DTR, it makes the port a debug port (openmv-boards.md 7.1). */
const DEBUG_BAUD_RATE = 921_600;
const TOUCH_BAUD_RATE = 1_200;
/**
 * How long a V2 camera may take to answer a sync, milliseconds: at least the 300 ms after which a
 * V1 camera ignores it (7.1), and enough for a slow computer.
 */
const ANSWER_MS = 1_000;
/** Time from the command until the port leaves the bus. */
const GONE_MS = 3_000;
const WRITE_MS = 500;
const LOOK_INTERVAL_MS = 50;
const READ_SIZE = 4096;

/**
 * Asks the program behind a port to start its bootloader. Asking does not disturb the program.
 * @returns the way that worked: the port left the bus; undefined if none did in time
 * @throws UnbrickError `permission`, `busy`, `driver`, `not-found` (the port cannot be opened) or
 * `cancelled`
 */
export async function enterBootloader(
  bus: SerialBus,
  port: SerialPortInfo,
  { clock, signal, ways }: EnterOptions,
): Promise<Way | undefined> {
  const session = { bus, info: port, clock, signal };
  for (const way of ways) if (await attempts[way](session)) return way;
}

interface Session {
  readonly bus: SerialBus;
  readonly info: SerialPortInfo;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const attempts: Readonly<Record<Way, (session: Session) => Promise<boolean>>> = { V2, V1, touch };

function V2(session: Session): Promise<boolean> {
  return onDebugPort(session, async (port, options) => {
    await port.write(encodePacket({ opcode: Opcode.PROTO_SYNC }), options(WRITE_MS));
    if (!await isSynced(session.clock, port, options)) return false;
    await port.write(encodePacket({ opcode: Opcode.SYS_BOOT }), options(WRITE_MS));
    return true;
  });
}

function V1({ clock, signal, ...session }: Session): Promise<boolean> {
  return onDebugPort({ clock, signal, ...session }, async (port, options) => {
    await clock.sleep(V1_PAUSE_MS, signal);
    await port.write(
      V1Command.encode({ opcode: V1Opcode.SYS_RESET_TO_BL, length: 0 }),
      options(WRITE_MS),
    );
    return true;
  });
}

/** Opens the port at 1200 baud and closes it again, which clears DTR. */
async function touch({ bus, info, clock, signal }: Session): Promise<boolean> {
  const port = await bus.open(info, { baudRate: TOUCH_BAUD_RATE });
  await port.close();
  for (const end = clock.now() + GONE_MS; clock.now() < end;) {
    const isThere = (await bus.list()).some(({ path }) => path === info.path);
    if (!isThere) return true;
    await clock.sleep(LOOK_INTERVAL_MS, signal);
  }
  return false;
}

/**
 * Opens the port for `command`; returns true if the port leaves while the command is sent or, after
 * a true answer, soon afterwards.
 */
async function onDebugPort(
  { bus, info, clock, signal }: Session,
  command: (
    port: SerialPort,
    options: (timeoutMs: number) => TransferOptions,
  ) => Promise<boolean>,
): Promise<boolean> {
  const options = (timeoutMs: number) => ({ timeoutMs, signal });
  const port = await bus.open(info, { baudRate: DEBUG_BAUD_RATE });
  try {
    if (!await command(port, options)) return false;
    for (const end = clock.now() + GONE_MS; clock.now() < end;) {
      await port.read(READ_SIZE, options(end - clock.now()));
    }
    return false;
  } catch (error) {
    if (isKind(error, "timeout")) return false;
    if (isKind(error, "disconnected")) return true;
    throw error;
  } finally {
    await port.close();
  }
}

/** Returns true if the camera acknowledges the sync in time; other packets are skipped. */
async function isSynced(
  clock: Clock,
  port: SerialPort,
  options: (timeoutMs: number) => TransferOptions,
): Promise<boolean> {
  const reader = new PacketReader();
  for (const end = clock.now() + ANSWER_MS; clock.now() < end;) {
    const packets = reader.push(await port.read(READ_SIZE, options(end - clock.now())));
    const isAnswer = packets.some(({ flags, channel, opcode }) =>
      channel === 0 && opcode === Opcode.PROTO_SYNC && (flags & Flag.ACK) !== 0 &&
      (flags & Flag.EVENT) === 0
    );
    if (isAnswer) return true;
  }
  return false;
}
