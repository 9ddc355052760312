import { UnbrickError } from "../../../common/errors.ts";
import { textOf, viewOf } from "./bytes.ts";
import { text, type Words } from "../../../common/text.ts";
import { byteCount } from "../../../common/format.ts";

/**
 * What the Secure Enclave tells of itself (alif-isp.md B.6). Offsets there count from LEN; here they
 * count from the payload, two less.
 */

/** Bytes of a REVISION payload: LEN is exactly 0x88. */
export const REVISION_SIZE = 0x88 - 3;

export interface Revision {
  /** 0xB400 for silicon B4. */
  readonly soc: number;
  /** `B4`; `unknown` for another number. */
  readonly name: string;
  /** `AE302F80F55D5AE`; empty for a part that was never given one. */
  readonly part: string;
  /** First 16 bytes of the hash of Alif's root key; zeros before it is burnt. */
  readonly hbk0: Uint8Array;
  readonly hbk1: Uint8Array;
  /** 24 hexadecimal digits: the serial that the camera's DFU bootloader shows (alif-isp.md 0.10). */
  readonly serial: string;
  readonly lifeCycle: number;
}

/** @throws UnbrickError `protocol` for a payload of another length. */
export function parseRevision(payload: Uint8Array): Revision {
  if (payload.length !== REVISION_SIZE) {
    throw new UnbrickError(
      "protocol",
      text`The device told its revision in ${byteCount(payload.length + 3)} instead of ${0x88}.`,
      { received: payload.length + 3, expected: 0x88 },
    );
  }
  const soc = viewOf(payload).getUint32(0, true);
  const digits = soc.toString(16).toUpperCase();
  return {
    soc,
    name: /^[AB][0-9]00$/.test(digits) ? digits.slice(0, 2) : "unknown",
    part: textOf(payload.subarray(4, 20)),
    hbk0: payload.slice(20, 36),
    hbk1: payload.slice(36, 52),
    serial: payload.subarray(92, 104).toHex().toUpperCase(),
    lifeCycle: payload[132],
  };
}

/** Life-cycle states by number. */
export const LifeCycle = { CM: 0, DM: 1, SE: 5, RMA: 7 } as const;

export function lifeCycleName(value: number): string {
  return Object.entries(LifeCycle).find(([, number]) => number === value)?.[0] ?? `${value}`;
}

export interface Enquiry {
  /** `SEROM`: the chip's own ROM, because it found no valid firmware; `SES`: that firmware. */
  readonly source: "SEROM" | "SES";
  readonly error: number;
  readonly extendedError: number;
  /** SES only: no application was started. */
  readonly isMaintenance: boolean;
}

const SEROM = 1, SES = 2;

/** Longest reply to an ENQUIRY that is believed; the exact lengths are inferred. */
const ENQUIRY_MAX = 32;

/** A payload that can be the answer to an ENQUIRY. */
export function isEnquiry(payload: Uint8Array): boolean {
  const [source] = payload;
  const needed = source === SES ? 13 : source === SEROM ? 9 : Infinity;
  return payload.length >= needed && payload.length <= ENQUIRY_MAX;
}

/** @param payload for which `isEnquiry` is true. */
export function parseEnquiry(payload: Uint8Array): Enquiry {
  const [source] = payload;
  const view = viewOf(payload);
  return {
    source: source === SES ? "SES" : "SEROM",
    error: view.getUint32(1, true),
    extendedError: view.getUint32(5, true),
    isMaintenance: source === SES && view.getUint32(9, true) === 1,
  };
}

/** One line of the table of contents as SES found it at start. */
export interface TocInfoEntry {
  readonly name: string;
  /** The copy of the enclave's firmware that runs: on the wire its name begins with a star. */
  readonly isRunning: boolean;
  readonly cpu: number;
  readonly storeAddress: number;
  readonly objectAddress: number;
  readonly loadAddress: number;
  readonly bootAddress: number;
  readonly size: number;
  readonly version: number;
  /** Letters: u uncompressed or C compressed, L loaded, V verified or s skipped, B booted, E encrypted, D deferred. */
  readonly flags: string;
}

/** First payload byte: more follows, or the end (alif-isp.md B.6). */
export const TOC_ENTRY = 0xA7, TOC_END = 0xA8;
export const MRAM_ENTRY = 0xA5, MRAM_END = 0xA6;

/** Before the name of the copy of the firmware that runs: `* SERAM0` (real-devices.md). */
const RUNNING = /^\*\s*/;

/** @throws UnbrickError `protocol` if it is too short. */
export function parseTocInfoEntry(payload: Uint8Array): TocInfoEntry {
  if (payload.length < 48) throw tooShort(text`table of contents`, payload);
  const word = (index: number) => viewOf(payload).getUint32(9 + 4 * index, true);
  const name = textOf(payload.subarray(1, 9));
  return {
    name: name.replace(RUNNING, ""),
    isRunning: RUNNING.test(name),
    cpu: word(0),
    storeAddress: word(1),
    objectAddress: word(2),
    loadAddress: word(3),
    bootAddress: word(4),
    size: word(5),
    version: word(6),
    flags: textOf(payload.subarray(41, 48)),
  };
}

/** A table in MRAM: 0 the system's (STOC), 1 the application's (ATOC). */
export interface MramTable {
  readonly address: number;
  readonly type: number;
  readonly magic: string;
  readonly entries: number;
}

/** @throws UnbrickError `protocol` if it is too short. */
export function parseMramTable(payload: Uint8Array): MramTable {
  if (payload.length < 25) throw tooShort(text`list of tables`, payload);
  const view = viewOf(payload);
  return {
    address: view.getUint32(1, true),
    type: view.getUint32(5, true),
    magic: textOf(payload.subarray(9, 17)),
    entries: view.getUint16(19, true),
  };
}

export interface CpuStatus {
  readonly cpu: number;
  readonly isBooted: boolean;
  readonly bootAddress: number;
}

export function parseCpuStatus(payload: Uint8Array): CpuStatus[] {
  const count = Math.floor(payload.length / 6);
  return Array.from({ length: count }, (_, index) => ({
    cpu: payload[6 * index],
    isBooted: payload[6 * index + 1] !== 0,
    bootAddress: viewOf(payload).getUint32(6 * index + 2, true),
  }));
}

/** CPU ids of alif-isp.md B.6. */
const cpus = ["A32_0", "A32_1", "M55-HP", "M55-HE", "modem", "GNSS", "DSP", "", "SE"];

export function cpuName(id: number): string {
  return cpus[id] || (id === 15 ? "-" : `cpu ${id}`);
}

/** `1.104.0` for 0x01680000 (alif-isp.md C.5). */
export function versionText(version: number): string {
  return [version >>> 24, version >>> 16 & 0xFF, version >>> 8 & 0xFF].join(".");
}

/** `1.104.0` of `SES B4 v1.104.0 …`; undefined if the banner has another shape. */
export function bannerVersion(banner: string): string | undefined {
  const match = /SES\s+\w+\s+v(\d+)\.(\d+)\.(\d+)/.exec(banner);
  return match ? match.slice(1, 4).map(Number).join(".") : undefined;
}

/** Negative if `a` is older than `b`; versions as `1.104.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function tooShort(what: Words, payload: Uint8Array): UnbrickError {
  return new UnbrickError("protocol", text`The device told its ${what} in too few bytes.`, {
    bytes: payload.length,
  });
}
