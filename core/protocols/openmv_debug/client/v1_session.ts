import { concat } from "../../../common/bytes.ts";
import type { Clock } from "../../../common/clock.ts";
import { isKind } from "../../../common/errors.ts";
import { u32 } from "../../../common/struct.ts";
import type { SerialPort } from "../../../transport/serial/port.ts";
import { dumpLength } from "../packets/frame.ts";
import { V1_PAUSE_MS, V1Command, V1Opcode } from "../packets/v1.ts";
import {
  ANSWER_MS,
  askUntil,
  type DebugSession,
  notStarted,
  STARTS,
  WRITE_MS,
} from "./debug_session.ts";

/** The host's side of protocol V1 (openmv-runtime.md 1.1, 1.2). */
export class V1Session implements DebugSession {
  readonly protocol = "V1";

  private constructor(
    private readonly port: SerialPort,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Returns a session, or undefined if the camera does not answer in this protocol. */
  static async open(
    port: SerialPort,
    clock: Clock,
    signal: AbortSignal,
  ): Promise<V1Session | undefined> {
    const session = new V1Session(port, clock, signal);
    await clock.sleep(V1_PAUSE_MS, signal);
    try {
      await session.version();
      return session;
    } catch (error) {
      if (isKind(error, "timeout")) return undefined;
      throw error;
    }
  }

  async version(): Promise<string> {
    const bytes = await this.#ask(V1Opcode.FW_VERSION, 12);
    return [0, 4, 8].map((at) => u32.read(bytes, at)).join(".");
  }

  async start(script: string): Promise<void> {
    const encoded = new TextEncoder().encode(script);
    // No packet may end exactly with a script (1.1).
    const bytes = encoded.length % 64 === 0 ? concat([encoded, Uint8Array.of(10)]) : encoded;
    await this.#tell(V1Opcode.SCRIPT_STOP, 0);
    await this.clock.sleep(2 * V1_PAUSE_MS, this.signal);
    await this.#until(false);
    await this.output();
    for (let attempt = 0; attempt < STARTS; attempt++) {
      await this.#tell(V1Opcode.SCRIPT_EXEC, bytes.length);
      await this.clock.sleep(V1_PAUSE_MS / 2, this.signal);
      await this.port.write(bytes, { timeoutMs: WRITE_MS, signal: this.signal });
      await this.clock.sleep(V1_PAUSE_MS, this.signal);
      if (await this.#until(true)) return;
    }
    throw notStarted();
  }

  async output(): Promise<string> {
    const length = u32.read(await this.#ask(V1Opcode.TX_BUF_LEN, 4), 0);
    if (length === 0) return "";
    const most = Math.min(length, 4096); // the largest ring (1.2)
    return new TextDecoder().decode(await this.#ask(V1Opcode.TX_BUF, most));
  }

  preview(): Promise<void> {
    return this.#enablePreview(1);
  }

  /** What is left of a stalled answer makes the next ones wrong, but does no other harm (1.2). */
  async frame(bytes: number): Promise<Uint8Array | undefined> {
    try {
      const size = u32.read(await this.#ask(V1Opcode.FRAME_SIZE, 12), 8);
      if (size === 0) return undefined;
      if (size === bytes) {
        const dump = await this.#ask(V1Opcode.FRAME_DUMP, dumpLength(bytes));
        return dump.subarray(0, bytes);
      }
      // It stays locked until it is fetched, or the preview is turned off (1.5).
      await this.#enablePreview(0);
      await this.#enablePreview(1);
    } catch (error) {
      if (!isKind(error, "timeout")) throw error;
    }
  }

  async reset(): Promise<void> {
    await this.#tell(V1Opcode.SYS_RESET, 0);
    await this.clock.sleep(2 * V1_PAUSE_MS, this.signal).catch(() => {});
  }

  async #enablePreview(on: 0 | 1): Promise<void> {
    const command = V1Command.encode({ opcode: V1Opcode.FB_ENABLE, length: 4 });
    const bytes = concat([command, Uint8Array.of(on, 0, 0, 0)]);
    await this.port.write(bytes, { timeoutMs: WRITE_MS, signal: this.signal });
  }

  async #isRunning(): Promise<boolean> {
    return u32.read(await this.#ask(V1Opcode.SCRIPT_RUNNING, 4), 0) !== 0;
  }

  /** @returns whether the script runs, or does not run, within a second */
  #until(running: boolean): Promise<boolean> {
    return askUntil(async () => await this.#isRunning() === running, this.clock, this.signal);
  }

  async #tell(opcode: number, length: number): Promise<void> {
    const command = V1Command.encode({ opcode, length });
    await this.port.write(command, { timeoutMs: WRITE_MS, signal: this.signal });
  }

  /** @throws UnbrickError `timeout` if fewer bytes come in time */
  async #ask(opcode: number, length: number): Promise<Uint8Array> {
    await this.#tell(opcode, length);
    const pieces: Uint8Array[] = [];
    let missing = length;
    for (const end = this.clock.now() + ANSWER_MS; missing > 0;) {
      const timeoutMs = Math.max(1, end - this.clock.now());
      const piece = await this.port.read(missing, { timeoutMs, signal: this.signal });
      pieces.push(piece);
      missing -= piece.length;
    }
    return concat(pieces);
  }
}
