import { text, type Words } from "../../../common/text.ts";
import { struct, u32 } from "../../../common/struct.ts";

/** What the ROM answers in reports 3 and 4 (imxrt-sdp-flashloader.md A3), 4 bytes. */
export const Word = struct("answer of the ROM", { word: u32 });

export const HAB_OPEN = 0x56787856;
export const HAB_CLOSED = 0x12343412;

/** Answer in report 4 when a command has succeeded. */
export const WRITE_FILE_COMPLETE = 0x88888888;
export const WRITE_COMPLETE = 0x128a8a12;
/** On the wire `09 D0 0D 90`; some parts send the bytes in reverse order. */
export const OK_ACK = 0x900dd009;
const OK_ACK_REVERSED = 0x09d00d90;

/** `closed`: the chip accepts only signed images. */
export type HabMode = "open" | "closed";

/** Returns the HAB mode of a report 3 word; undefined if the word is neither. */
export function habModeOf(word: number): HabMode | undefined {
  return word === HAB_OPEN ? "open" : word === HAB_CLOSED ? "closed" : undefined;
}

/** Returns true if a report 4 word is the expected acknowledgement. */
export function isAcknowledged(word: number, expected: number): boolean {
  return word === expected || (expected === OK_ACK && word === OK_ACK_REVERSED);
}

/** A HAB event in report 4: four bytes status, reason, context, engine. */
export interface HabEvent {
  readonly status: Words;
  readonly reason: Words;
  readonly context: Words;
  readonly engine: number;
}

/** Reads a report 4 word as a HAB event; codes without a name become `0x5A`. */
export function habEventOf(word: number): HabEvent {
  const byte = (at: number) => (word >>> (8 * at)) & 0xff;
  return {
    status: nameOf(habStatus, byte(0)),
    reason: nameOf(habReason, byte(1)),
    context: nameOf(habContext, byte(2)),
    engine: byte(3),
  };
}

function nameOf(names: Readonly<Record<number, Words>>, code: number): Words {
  return names[code] ?? `0x${code.toString(16).toUpperCase().padStart(2, "0")}`;
}

const habStatus: Readonly<Record<number, string>> = {
  0x00: "unknown",
  0x33: "failure",
  0x69: "warning",
  0xf0: "success",
};

const habReason: Readonly<Record<number, Words>> = {
  0x00: text`no reason given`,
  0x03: text`unsupported command`,
  0x05: text`invalid IVT`,
  0x06: text`invalid command`,
  0x09: text`unsuitable state`,
  0x0a: text`unsupported engine`,
  0x0c: text`invalid assertion`,
  0x0f: text`invalid index`,
  0x11: text`invalid CSF`,
  0x12: text`unsupported algorithm`,
  0x14: text`unsupported protocol`,
  0x17: text`invalid size`,
  0x18: text`invalid signature`,
  0x1b: text`unsupported key`,
  0x1d: text`invalid key`,
  0x1e: text`failed callback`,
  0x21: text`invalid certificate`,
  0x22: text`invalid address`,
  0x24: text`unsupported configuration item`,
  0x27: text`invalid DCD`,
  0x28: text`call out of sequence`,
  0x2b: text`expired poll count`,
  0x2d: text`exhausted storage`,
  0x2e: text`memory failure`,
  0x30: text`engine failure`,
  0x31: text`invalid blob`,
  0x32: text`invalid MAC`,
};

const habContext: Readonly<Record<number, Words>> = {
  0x00: text`no context given`,
  0x0a: text`authenticate image`,
  0x33: text`check target`,
  0xa0: "assert",
  0xc0: text`CSF or DCD command`,
  0xcf: text`run CSF`,
  0xdb: text`authenticated data block`,
  0xdd: text`run DCD`,
  0xe1: "entry",
  0xee: "exit",
  0xff: text`fab test`,
};
