import type { Clock } from "../../../common/clock.ts";
import { answerLine, checkScript, pictureSum, SHOWN_MS } from "../packets/check_script.ts";
import { Preview, type PreviewFaults } from "./preview_model.ts";
import { testPicture } from "./test_picture.ts";

/** What a simulated camera sees, and what is wrong with it. */
export interface FirmwareState extends PreviewFaults {
  /** Version of the firmware: `5.0.0`. */
  readonly version: string;
  /** How the firmware names its board. */
  readonly arch: string;
  /** Unique id of the chip, hexadecimal digits. */
  readonly id: string;
  /** No image sensor is found. */
  readonly sensorMissing: boolean;
  /** Every picture is black. */
  readonly pictureBlack: boolean;
  /** Every picture is the same. */
  readonly pictureFrozen: boolean;
  /** A call into C never comes back: no program can be stopped or started. */
  readonly mainNeverYields: boolean;
  /** The program that is sent ends with an error. */
  readonly scriptError: boolean;
  /** It answers nothing at all. */
  readonly firmwareWedged: boolean;
  /** It is not the firmware that was written. */
  readonly otherFirmware?: boolean;
}

/** OV5640 (openmv-runtime.md 2.3). */
const SENSOR = 0x56;
/** Ten pictures and more, milliseconds (inferred). */
const SCRIPT_MS = 800;
/** Between two calls that show the last picture. */
const SHOW_MS = 50;
/** Bytes: the smallest ring for text; more at once is lost (openmv-runtime.md 1.3). */
const RING = 511;

/**
 * Runs the one program that a check sends, as far as its output goes; any other one ends with an error.
 * A script that ends resets Python, and the protocol begins anew.
 */
export class ScriptMachine {
  #text = "";
  #isRunning = false;
  #stop = new AbortController();
  readonly preview: Preview;

  constructor(
    private readonly clock: Clock,
    private readonly state: FirmwareState,
    private readonly onEnd: () => void,
  ) {
    this.preview = new Preview(clock, state);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get waiting(): number {
    return this.#text.length;
  }

  take(length: number): Uint8Array {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(taken.length);
    return new TextEncoder().encode(taken);
  }

  stop(): void {
    if (this.#isRunning) this.#end();
  }

  start(script: string): void {
    if (this.state.mainNeverYields) return;
    this.stop();
    this.#isRunning = true;
    this.#stop = new AbortController();
    this.#run(script.trimEnd(), this.#stop.signal).catch(() => {});
  }

  async #run(script: string, stop: AbortSignal): Promise<void> {
    await this.clock.sleep(SCRIPT_MS / 2, stop);
    const isKnown = script === checkScript.trimEnd() && !this.state.scriptError;
    const sees = isKnown && !this.state.sensorMissing;
    // A new picture publishes the one before (openmv-runtime.md 1.4).
    if (sees) this.preview.publish(testPicture("ramp before"));
    await this.clock.sleep(SCRIPT_MS / 2, stop);
    this.#print(isKnown ? this.#answer() : FAULT);
    for (let shown = 0; sees && shown < SHOWN_MS; shown += SHOW_MS) {
      this.preview.publish(this.#picture);
      await this.clock.sleep(SHOW_MS, stop);
    }
    this.#end();
  }

  /** The power is gone. */
  off(): void {
    this.#stop.abort();
  }

  #end(): void {
    this.#stop.abort();
    this.#isRunning = false;
    this.preview.clear();
    this.#print("\r\nMPY: soft reboot\r\n");
    this.onEnd();
  }

  #print(text: string): void {
    this.#text = this.#text.length + text.length > RING ? text : this.#text + text;
  }

  get #picture() {
    return testPicture(this.state.pictureBlack ? "black" : "ramp");
  }

  #answer(): string {
    const { version, arch, id, sensorMissing, pictureBlack, pictureFrozen } = this.state;
    const about = { arch, id, version };
    if (sensorMissing) {
      const look_error = "Failed to detect the image sensor or image sensor is detached.";
      return answerLine({ ...about, look_error });
    }
    const now = Math.floor(this.clock.now());
    const sums = [1, 2, 3].map((number) =>
      pictureBlack ? 0 : pictureFrozen ? 4711 : now * number % 0x100_0000 + number
    );
    const { width, height, jpeg, mean } = this.#picture;
    const frame = [jpeg.length, pictureSum(jpeg)] as const;
    return answerLine({ ...about, sensor: SENSOR, sums, width, height, mean, frame });
  }
}

const FAULT = 'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\nMemoryError: \r\n';
