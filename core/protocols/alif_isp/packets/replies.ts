import { UnbrickError } from "../../../common/errors.ts";
import {
  array,
  at,
  bytes,
  constant,
  struct,
  u16,
  u32,
  u8,
  type ValueOf,
} from "../../../common/struct.ts";
import { printable } from "./bytes.ts";
import { text } from "../../../common/text.ts";
import { byteCount } from "../../../common/format.ts";

/**
 * What the Secure Enclave reports about itself (alif-isp.md B.6). The fact sheet counts offsets
 * from LEN; these count from the payload and are two less.
 */

/** A REVISION payload, 133 bytes: LEN is exactly 0x88. */
export const RevisionPayload = struct("REVISION reply", {
  soc: u32,
  part: printable(16),
  hbk0: bytes(16),
  hbk1: bytes(16),
  /** From the manufacturing data, whose other bytes are unknown. */
  serial: at(92, bytes(12)),
  lifeCycle: at(132, u8),
});

export interface Revision {
  /** 0xB400 for silicon B4. */
  readonly soc: number;
  /** `B4`; `unknown` for another number. */
  readonly name: string;
  /** `AE302F80F55D5AE`; empty for a part that was never programmed with one. */
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
  if (payload.length !== RevisionPayload.size) {
    throw new UnbrickError(
      "protocol",
      text`The device reported its revision in ${byteCount(payload.length + 3)} instead of
        ${0x88}.`,
      { received: payload.length + 3, expected: 0x88 },
    );
  }
  const { serial, ...fields } = RevisionPayload.decode(payload);
  const digits = fields.soc.toString(16).toUpperCase();
  return {
    ...fields,
    name: /^[AB][0-9]00$/.test(digits) ? digits.slice(0, 2) : "unknown",
    serial: serial.toHex().toUpperCase(),
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

/** The ROM's answer to an ENQUIRY. */
export const SeromEnquiry = struct("ENQUIRY reply", {
  source: constant(u8, 1),
  error: u32,
  extendedError: u32,
});
/** The firmware's answer to an ENQUIRY. */
export const SesEnquiry = struct("ENQUIRY reply", {
  source: constant(u8, 2),
  error: u32,
  extendedError: u32,
  /** 1: no application was started. */
  maintenance: u32,
});

/** Longest accepted reply to an ENQUIRY; the exact lengths are inferred. */
const ENQUIRY_MAX = 32;

/** Returns the answer to an ENQUIRY; undefined if the payload cannot be one. */
export function readEnquiry(payload: Uint8Array): Enquiry | undefined {
  if (payload.length > ENQUIRY_MAX) return undefined;
  const serom = SeromEnquiry.tryDecode(payload);
  if (serom) return { source: "SEROM", ...serom, isMaintenance: false };
  const ses = SesEnquiry.tryDecode(payload);
  if (!ses) return undefined;
  const { maintenance, ...errors } = ses;
  return { source: "SES", ...errors, isMaintenance: maintenance === 1 };
}

/** One entry of the tables of contents, as SES found it at start. */
export interface TocInfoEntry {
  readonly name: string;
  /**
   * True for the running copy of the enclave's firmware: on the wire, its name begins with a star.
   */
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

/** First payload byte: an entry with more to follow, or the end (alif-isp.md B.6). */
export const TOC_ENTRY = 0xA7, TOC_END = 0xA8;
export const MRAM_ENTRY = 0xA5, MRAM_END = 0xA6;

/** A reply to TOC_INFO, 48 bytes. */
export const TocInfoPayload = struct("TOC_INFO reply", {
  /** TOC_ENTRY, or TOC_END for the last. */
  kind: u8,
  name: printable(8),
  cpu: u32,
  storeAddress: u32,
  objectAddress: u32,
  loadAddress: u32,
  bootAddress: u32,
  /** Bytes. */
  size: u32,
  version: u32,
  flags: at(41, printable(7)),
});

/** Marks the name of the running copy of the firmware: `* SERAM0` (real-devices.md). */
const RUNNING = /^\*\s*/;

/** @throws UnbrickError `protocol` if it is too short. */
export function parseTocInfoEntry(payload: Uint8Array): TocInfoEntry {
  const { kind: _, name, ...fields } = TocInfoPayload.decode(payload);
  return { ...fields, name: name.replace(RUNNING, ""), isRunning: RUNNING.test(name) };
}

/** Encodes an entry; `kind` is TOC_ENTRY. */
export function encodeTocInfoEntry({ name, isRunning, ...fields }: TocInfoEntry): Uint8Array {
  const shown = isRunning ? `* ${name}` : name;
  return TocInfoPayload.encode({ ...fields, kind: TOC_ENTRY, name: shown });
}

/** A reply to MRAM_CONTENTS, 25 bytes: a table in MRAM. */
export const MramTablePayload = struct("MRAM_CONTENTS reply", {
  /** MRAM_ENTRY, or MRAM_END for the last. */
  kind: u8,
  address: u32,
  /** 0 the system's (STOC), 1 the application's (ATOC). */
  type: u32,
  magic: printable(8),
  headerSize: u16,
  entries: u16,
  entrySize: u16,
  version: u16,
});
export type MramTable = Pick<
  ValueOf<typeof MramTablePayload>,
  "address" | "type" | "magic" | "entries"
>;

/** @throws UnbrickError `protocol` if it is too short. */
export function parseMramTable(payload: Uint8Array): MramTable {
  const { address, type, magic, entries } = MramTablePayload.decode(payload);
  return { address, type, magic, entries };
}

/** One processor in a reply to CPU_STATUS, 6 bytes. */
export const CpuRecord = struct("CPU_STATUS reply", { cpu: u8, booted: u8, bootAddress: u32 });

export interface CpuStatus {
  readonly cpu: number;
  readonly isBooted: boolean;
  readonly bootAddress: number;
}

/** Reads whole records and ignores bytes after the last one. */
export function parseCpuStatus(payload: Uint8Array): CpuStatus[] {
  const count = Math.floor(payload.length / CpuRecord.size);
  return array(CpuRecord, count).read(payload, 0)
    .map(({ cpu, booted, bootAddress }) => ({ cpu, isBooted: booted !== 0, bootAddress }));
}

/** A NAK: its code and, in some, a second one. */
export const ExtendedNak = struct("NAK", { code: u8, extended: u32 });

/** A reply to LOG_BUFFER_INFO. */
export const LogBufferInfo = struct("LOG_BUFFER_INFO reply", { length: u32 }, 12);

/** CPU ids of alif-isp.md B.6. */
const cpus = ["A32_0", "A32_1", "M55-HP", "M55-HE", "modem", "GNSS", "DSP", "", "SE"];

export function cpuName(id: number): string {
  return cpus[id] || (id === 15 ? "-" : `cpu ${id}`);
}

/** Returns a version as text: `1.104.0` for 0x01680000 (alif-isp.md C.5). */
export function versionText(version: number): string {
  return [version >>> 24, version >>> 16 & 0xFF, version >>> 8 & 0xFF].join(".");
}

/**
 * Returns the version in a banner: `1.104.0` of `SES B4 v1.104.0 …`; undefined if it has another
 * form.
 */
export function bannerVersion(banner: string): string | undefined {
  const match = /SES\s+\w+\s+v(\d+)\.(\d+)\.(\d+)/.exec(banner);
  return match ? match.slice(1, 4).map(Number).join(".") : undefined;
}

/** Returns a negative number if `a` is older than `b`; versions as `1.104.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
