import { LayoutTable } from "./layout_table_model.ts";
import { encodePhase, NO_ADDRESS, PhaseId } from "../packets/phase.ts";

/** Address of the mapped external flash. */
export const NOR_BASE = 0x7000_0000;
const LAYOUT_ADDRESS = 0x341F_FC00;
const LOADER_ADDRESS = 0x3800_0000;

/** Phase of each alternate setting (stm32n6-serial-boot.md B.5). */
const PHASES = [
  PhaseId.LAYOUT,
  PhaseId.LOADER,
  PhaseId.APPLICATION,
  PhaseId.COMMAND,
  PhaseId.OTP,
] as const;

/**
 * What OpenBootloader remembers while powered (stm32n6-serial-boot.md B.6): UPLOADs advance the
 * phase, and downloads go to the current phase, whatever alternate setting they are sent to.
 */
export class PhaseMachine {
  readonly table = new LayoutTable();
  phaseId: number = PhaseId.LAYOUT;
  #partitionNum = 0;
  #startFlag = false;
  #destination = 0;
  /** Length of the last block by phase: added at the next block of that phase, never cleared. */
  readonly #offsets = new Map<number, number>();

  /** Handles an UPLOAD on an alternate setting; for 3, returns the nine bytes of the record. */
  upload(alternate: number): Uint8Array | undefined {
    this.phaseId = PHASES[alternate];
    if (this.phaseId !== PhaseId.COMMAND) return undefined;
    this.phaseId = this.#currentPhase();
    this.#destination = this.#addressOf(this.phaseId);
    const record = { phase: this.phaseId & 0xFF, address: this.#destination, offset: 0 };
    if (this.#startFlag) this.#partitionNum = this.#partitionNum + 1 & 0xFF;
    this.#startFlag = !this.#startFlag;
    return encodePhase(record);
  }

  /**
   * Returns the address of the next block in the current phase, after adding the previous block.
   */
  nextAddress(length: number): number {
    this.#destination = this.#destination + (this.#offsets.get(this.phaseId) ?? 0) >>> 0;
    this.#offsets.set(this.phaseId, length);
    return this.#destination;
  }

  #currentPhase(): number {
    if (this.#partitionNum === 0) return PhaseId.LAYOUT;
    if (this.#partitionNum < this.table.count) return this.table.row(this.#partitionNum).id;
    return PhaseId.END;
  }

  #addressOf(phase: number): number {
    switch (phase) {
      case PhaseId.LAYOUT:
        return LAYOUT_ADDRESS;
      case PhaseId.LOADER:
        return LOADER_ADDRESS;
      case PhaseId.APPLICATION:
      case PhaseId.EXTENSION:
        return NOR_BASE + this.table.row(this.#partitionNum).offset >>> 0;
      default:
        return NO_ADDRESS;
    }
  }
}
