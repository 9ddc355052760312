import type { Clock } from "../../../common/clock.ts";
import type { SerialBus, SerialPort, SerialPortInfo } from "../../../transport/serial/port.ts";
import type { DebugSession } from "./debug_session.ts";
import { V1Session } from "./v1_session.ts";
import { V2Session } from "./v2_session.ts";

/** With DTR it makes the port a debug port in both protocols (openmv-boards.md 7.1). */
const BAUD_RATE = 921_600;

/**
 * Opens the debug port of a running camera. V2 is tried first: V1 firmware forgets it at the next
 * opening (openmv-boards.md 7.1).
 * @returns undefined if the camera answers in neither protocol
 * @throws UnbrickError `permission`, `busy`, `driver`, `not-found`, `disconnected`, `cancelled`
 */
export async function openDebugSession(
  bus: SerialBus,
  info: SerialPortInfo,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly session: DebugSession; readonly port: SerialPort } | undefined> {
  for (const protocol of [V2Session, V1Session]) {
    const port = await bus.open(info, { baudRate: BAUD_RATE });
    try {
      const session = await protocol.open(port, clock, signal);
      if (session) return { session, port };
    } catch (error) {
      await port.close();
      throw error;
    }
    await port.close();
  }
}
