import { LayoutTable } from "./layout_table_model.ts";
import { encodePhase, NO_ADDRESS, PhaseId } from "../packets/phase.ts";

/** Where the external flash is mapped. */
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
 * What OpenBootloader remembers from power-on to power-off (stm32n6-serial-boot.md B.6): UPLOADs move
 * it on, downloads go wherever it stands, whatever alternate they are sent to.
 */
export class PhaseMachine {
  readonly table = new LayoutTable();
  phaseId: number = PhaseId.LAYOUT;
  #partitionNum = 0;
  #startFlag = false;
  #destination = 0;
  /** Length of the last block by phase: added before the next block of that phase, never cleared. */
  readonly #offsets = new Map<number, number>();

  /** An UPLOAD on an alternate setting; for 3 the nine bytes of the record. */
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

  /** Where the next block of the present phase goes; moves on by the block before it. */
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
