import type { Board } from "../family/board.ts";
import type { DetectedDevice } from "./detected_device.ts";
import { connectionKey } from "./name_reader.ts";
import { type UnitId, unitIdOf } from "./unit_id.ts";

/** What is known of the one camera that a run works on: every id that it has shown. */
export class KnownUnit {
  readonly #ids: UnitId[] = [];
  #stay: string | undefined;

  constructor(private readonly board: Board) {}

  /** The ids that it has shown, in order. */
  get all(): readonly UnitId[] {
    return this.#ids;
  }

  /** The same for messages. */
  get ids(): string {
    return this.#ids.map(({ id }) => id).join(", ");
  }

  /** Whether the id is this camera's: true or false if that is certain, undefined if it cannot be told. */
  isSame(id: UnitId | undefined): boolean | undefined {
    if (!id) return undefined;
    const answers = this.#ids.map((known) => this.board.isSameUnit?.(known, id));
    return answers.includes(false) ? false : answers.find((answer) => answer !== undefined);
  }

  /** The same for the serial number of a device. A device that has not left the bus is the same one. */
  isSameDevice(device: DetectedDevice): boolean | undefined {
    return connectionKey(device.seen.usb) === this.#stay || this.isSame(unitIdOf(device));
  }

  /** Keeps an id. */
  remember(id: UnitId): void {
    const isKnown = this.#ids.some((known) => known.id === id.id && known.mode === id.mode);
    if (!isKnown) this.#ids.push(id);
  }

  /**
   * Keeps what an accepted device shows.
   * @returns false if it is a later arrival and its ids do not prove that it is this camera
   */
  arrived(device: DetectedDevice): boolean {
    const isProven = this.#stay === undefined || this.isSameDevice(device) === true;
    this.#stay = connectionKey(device.seen.usb);
    const id = unitIdOf(device);
    if (id) this.remember(id);
    return isProven;
  }
}
