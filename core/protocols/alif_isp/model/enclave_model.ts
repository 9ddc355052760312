import type { SerialModel } from "../../../transport/serial/model.ts";
import { seromErrorText, sesErrorText } from "../packets/boot_error.ts";
import { Command, DEFAULT_BAUD } from "../packets/command.ts";
import { Nak } from "../packets/error_code.ts";
import { encodeFrame } from "../packets/frame.ts";
import { versionText } from "../packets/replies.ts";
import { bootApplication } from "./application_boot.ts";
import type { Enclave, EnclaveOptions, EnclaveState } from "./contract.ts";
import { FrameReceiver } from "./receiver.ts";
import { SeromCommands } from "./serom.ts";
import { SesCommands } from "./ses.ts";
import { bootSystem } from "./system_boot.ts";

/** From power-on to the end of the boot text (alif-isp.md G: 50 to 300 ms, inferred). */
const BOOT_MS = 120;
/** How long the chip listens for "ALIF" after the boot text. The true length is not known. */
const WINDOW_MS = 400;
const SPINNER_MS = 40;
const CHATTER_MS = 15;
const HARD_MAINTENANCE_CALL = "ALIF", HARD_MAINTENANCE_ANSWER = "SEPCTL";

/** The Secure Enclave of a simulated chip, behind its UART. */
export class EnclaveModel implements SerialModel, Enclave {
  #baudRate = DEFAULT_BAUD;
  #power: AbortController | undefined;
  #state: EnclaveState | undefined;
  #commands: SesCommands | SeromCommands | undefined;
  #heardCall = 0;
  #callTail = "";
  #inWindow = false;
  #isHard = false;
  #maintenanceNext = false;
  readonly #receiver: FrameReceiver;

  constructor(readonly options: EnclaveOptions) {
    this.#receiver = new FrameReceiver(options.clock, options.traps?.forgetMs);
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  /** Undefined while the chip is off or starting. */
  get state(): EnclaveState | undefined {
    return this.#state;
  }

  powerOn(): void {
    this.options.line.connect(this);
    this.#maintenanceNext = false;
    this.#start();
  }

  powerOff(): void {
    this.#power?.abort();
    this.#power = undefined;
    this.#state = undefined;
    this.options.line.connect(undefined);
  }

  /** Resets the chip, by the reset pin or RESET_DEVICE. */
  reset(): void {
    if (this.#power) this.#start();
  }

  receive(bytes: Uint8Array): void {
    if (this.#inWindow) this.#listenForCall(bytes);
    if (!this.#commands || this.#isMute) return;
    for (const { command, payload, isDamaged } of this.#receiver.push(bytes)) {
      if (isDamaged) this.nak(Nak.CHECKSUM_ERROR);
      else this.#commands.handle(command, payload);
    }
  }

  ack(): void {
    this.#reply(Command.ACK);
  }

  nak(code: number): void {
    this.#reply(Command.NAK, Uint8Array.of(code));
  }

  data(payload: Uint8Array): void {
    this.#reply(Command.DATA_RESPONSE, payload);
  }

  /** Changes the rate from the next byte on; replies in progress keep theirs. */
  setBaudRate(baudRate: number): void {
    if (!this.options.traps?.baudStuck) this.#baudRate = baudRate;
  }

  setMaintenanceFlag(): void {
    this.#maintenanceNext = !this.options.traps?.flagIgnored;
  }

  get isMaintenance(): boolean {
    return this.#state?.kind === "SES" && this.#state.application === undefined;
  }

  get #isMute(): boolean {
    return this.options.traps?.mute === true && this.#runsApplication;
  }

  get #runsApplication(): boolean {
    return this.#state?.kind === "SES" && this.#state.application !== undefined;
  }

  #start(): void {
    this.#power?.abort();
    const power = this.#power = new AbortController();
    this.#baudRate = DEFAULT_BAUD;
    this.#state = undefined;
    this.#commands = undefined;
    this.#isHard = false;
    this.#receiver.clear();
    this.#boot(power.signal).catch(() => {}); // ends when the power goes off
  }

  async #boot(signal: AbortSignal): Promise<void> {
    const { clock, mram } = this.options;
    await clock.sleep(BOOT_MS, signal);
    const system = bootSystem(mram, this.options);
    if ("seromError" in system) {
      this.#text(
        `\r\nSEROM v1.103.0 0x0000B400\r\n[SEROM] BOOT_LOADER_find_and_load_seram(): ` +
          `error: 0x${system.seromError.toString(16).padStart(8, "0")}; extended error code: ` +
          `0x00000000\r\n${
            seromErrorText(system.seromError)
          }\r\n[SEROM] Entering recovery mode...\r\n`,
      );
      return this.#come(
        { kind: "SEROM", error: system.seromError },
        new SeromCommands(this),
        signal,
      );
    }
    this.#text(
      `SES B4 v${
        versionText(system.version)
      } Jan 01 2026 00:00:00\r\n[SES] LCS=${this.options.lifeCycle}\r\n`,
    );
    const isSoft = this.#maintenanceNext;
    this.#maintenanceNext = false;
    if (!isSoft) await this.#window(signal);
    if (isSoft || this.#isHard) {
      return this.#come({ kind: "SES", system }, new SesCommands(this, system), signal);
    }
    const application = bootApplication(mram, this.options, system.version);
    if ("sesError" in application) {
      this.#text(
        `[SES] ${sesErrorText(application.sesError)} (0x` +
          `${application.sesError.toString(16).padStart(8, "0")})\r\n[SES] ATOC SKIPPED\r\n`,
      );
    } else this.#text("noTable" in application ? "[SES] No ATOC\r\n" : "[SES] ATOC DEVICE ok\r\n");
    this.#come({ kind: "SES", system, application }, new SesCommands(this, system), signal);
  }

  #come(state: EnclaveState, commands: SesCommands | SeromCommands, signal: AbortSignal): void {
    this.#state = state;
    this.#commands = commands;
    this.#receiver.clear();
    this.options.onStarted?.(state);
    const { spinner, chatter } = this.options.traps ?? {};
    if (spinner) {
      this.#repeat(SPINNER_MS, () => commands.hasSpoken ? undefined : "\b|", signal);
    }
    if (chatter && this.#runsApplication) {
      this.#repeat(CHATTER_MS, () => "frame 1024 of 1024, 0x41 ok\r\n", signal);
    }
  }

  /** Waits for the call to hard maintenance. */
  async #window(signal: AbortSignal): Promise<void> {
    this.#inWindow = true;
    this.#heardCall = 0;
    this.#callTail = "";
    try {
      await this.options.clock.sleep(WINDOW_MS, signal);
    } finally {
      this.#inWindow = false;
    }
    this.#isHard = this.#heardCall >= 2;
  }

  /** Answers the first "ALIF"; another one after the answer decides. */
  #listenForCall(bytes: Uint8Array): void {
    this.#callTail += String.fromCharCode(...bytes);
    for (let at; (at = this.#callTail.indexOf(HARD_MAINTENANCE_CALL)) >= 0;) {
      this.#callTail = this.#callTail.slice(at + HARD_MAINTENANCE_CALL.length);
      if (++this.#heardCall === 1) this.#text(HARD_MAINTENANCE_ANSWER);
    }
    this.#callTail = this.#callTail.slice(-HARD_MAINTENANCE_CALL.length);
  }

  #repeat(ms: number, text: () => string | undefined, signal: AbortSignal): void {
    const turn = async () => {
      for (let line = text(); line !== undefined; line = text()) {
        this.#text(line);
        await this.options.clock.sleep(ms, signal);
      }
    };
    turn().catch(() => {}); // ends when the power goes off
  }

  #text(text: string): void {
    this.options.line.send(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
  }

  #reply(command: number, payload?: Uint8Array): void {
    this.options.line.send(encodeFrame(command, payload));
  }
}
