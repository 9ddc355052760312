import { concat } from "../../../common/bytes.ts";
import { struct, u32, u8, type ValueOf } from "../../../common/struct.ts";

/** Phases of the serial boot protocol and the GetPhase record (stm32n6-serial-boot.md A.2, B.2). */

/** Phase and partition ids. */
export const PhaseId = {
  LAYOUT: 0x00,
  /** First stage, sent to the ROM. */
  FSBL: 0x01,
  /** External flash loader. */
  LOADER: 0x03,
  /** First partition that OpenBootloader writes to flash. */
  APPLICATION: 0x04,
  /** Second partition that OpenBootloader writes to flash. */
  EXTENSION: 0x05,
  /** The alternate setting that answers GetPhase. */
  COMMAND: 0xF1,
  /** Fuses. Never selected. */
  OTP: 0xF2,
  RSSE_FIRMWARE: 0xF3,
  RSSE_BLOB: 0xF5,
  RSSE_PLUGIN: 0xF6,
  END: 0xFE,
  ERROR: 0xFF,
} as const;

/**
 * Ids whose alternate settings change the chip permanently or belong to its security: never
 * selected (F.4).
 */
export const FORBIDDEN_IDS: readonly number[] = [
  PhaseId.OTP,
  PhaseId.RSSE_FIRMWARE,
  0xF4, // PMIC NVM
  PhaseId.RSSE_BLOB,
  PhaseId.RSSE_PLUGIN,
];

/** Bytes to request in one GetPhase: the size that the alternate setting announces (`1*512B`). */
export const GET_PHASE_LENGTH = 512;

/** The value for "no address". */
export const NO_ADDRESS = 0xFFFF_FFFF;

/** The first 9 bytes of a record. */
const PhaseHead = struct("answer to GetPhase", {
  /** The phase that the device expects next. */
  phase: u8,
  /** Load address; `NO_ADDRESS` for none. */
  address: u32,
  offset: u32,
});

/** A GetPhase record with the optional parts after its 9 bytes. */
export interface PhaseRecord extends ValueOf<typeof PhaseHead> {
  /** Phase 0x00 of a first stage: 1 requests DFU_DETACH now. Only in a short answer. */
  readonly detach?: boolean;
  /** Phase 0xFF: the device's own error text. Only in a short answer. */
  readonly errorText?: string;
}

/**
 * Reads the answer to a GetPhase of `asked` bytes. Bytes from 9 on count only if the answer is
 * short: OpenBootloader pads to wLength with old bytes (B.2).
 * @throws UnbrickError `protocol` for fewer than 9 bytes.
 */
export function parsePhase(bytes: Uint8Array, asked: number): PhaseRecord {
  const record = PhaseHead.decode(bytes);
  const rest = bytes.length < asked ? bytes.subarray(PhaseHead.size) : new Uint8Array();
  if (record.phase === PhaseId.LAYOUT && rest.length > 0) {
    return { ...record, detach: rest[0] === 1 };
  }
  if (record.phase === PhaseId.ERROR) {
    const errorText = new TextDecoder().decode(rest).replace(/\0.*$/s, "");
    return { ...record, errorText };
  }
  return record;
}

/** Encodes a record: 9 bytes, 10 with `detach`, 9 + text with `errorText`. */
export function encodePhase(record: PhaseRecord): Uint8Array {
  const rest = record.phase === PhaseId.ERROR
    ? new TextEncoder().encode(record.errorText ?? "")
    : record.detach === undefined
    ? new Uint8Array(0)
    : Uint8Array.of(record.detach ? 1 : 0);
  return concat([PhaseHead.encode(record), rest]);
}
