import { i32, struct, u16, u32 } from "../common/struct.ts";

/** Files of packets as Wireshark reads them: pcapng, little-endian (host-systems.md 6.1). */

const SECTION = 0x0A0D0D0A, INTERFACE = 1, PACKET = 6;
const MAGIC = 0x1A2B3C4D;
/** Longest packet that an interface promises, bytes. */
const SNAP_LENGTH = 262_144;

/** Option codes. The end of the options is 0. */
const Option = { COMMENT: 1, NAME: 2, APPLICATION: 4, TIME_RESOLUTION: 9 } as const;

const blockHead = { type: u32, length: u32 };
const BlockHead = struct("pcapng block", blockHead);
const SectionBody = struct("pcapng section", {
  magic: u32,
  major: u16,
  minor: u16,
  lengthLow: i32,
  lengthHigh: i32,
});
const InterfaceBody = struct("pcapng interface", { linkType: u16, reserved: u16, snapLength: u32 });
const packetBody = { interface: u32, timeHigh: u32, timeLow: u32, captured: u32, original: u32 };
const PacketBody = struct("pcapng packet", packetBody);
const PacketBlock = struct("pcapng packet block", { ...blockHead, ...packetBody });
const OptionHead = struct("pcapng option", { code: u16, length: u16 });

/** Where the data of a packet block begins. */
export const PACKET_DATA = PacketBlock.size;

/** A packet of a file. */
export interface Packet {
  /** Number of the interface, by the order of the interface blocks. */
  readonly interface: number;
  /** Microseconds since 1970. */
  readonly time: number;
  readonly data: Uint8Array;
  /** How long the packet was before it was cut, bytes. */
  readonly original: number;
  readonly comments: readonly string[];
}

/** An interface of a file. */
export interface Interface {
  readonly linkType: number;
  readonly name: string;
}

const padded = (length: number) => (length + 3) & ~3;
const encoder = new TextEncoder();

/** Options with comments that were encoded last: most packets have that of their step. */
const encodedComments = new Map<string, Uint8Array>();
const MOST_COMMENTS = 64;

function encodedComment(comment: string): Uint8Array {
  let option = encodedComments.get(comment);
  if (!option) {
    if (encodedComments.size === MOST_COMMENTS) encodedComments.clear();
    const text = encoder.encode(comment);
    option = new Uint8Array(OptionHead.size + padded(text.length));
    writeOption(option, 0, Option.COMMENT, text);
    encodedComments.set(comment, option);
  }
  return option;
}
const decoder = new TextDecoder();

/** Returns the first block of a file. @param application names the program that writes it. */
export function sectionBlock(application: string): Uint8Array {
  const head = { magic: MAGIC, major: 1, minor: 0, lengthLow: -1, lengthHigh: -1 };
  return block(SECTION, SectionBody.encode(head), [[
    Option.APPLICATION,
    encoder.encode(application),
  ]]);
}

/** Returns the block that declares the next interface; its times are in microseconds. */
export function interfaceBlock({ linkType, name }: Interface): Uint8Array {
  const head = { linkType, reserved: 0, snapLength: SNAP_LENGTH };
  return block(INTERFACE, InterfaceBody.encode(head), [
    [Option.NAME, encoder.encode(name)],
    [Option.TIME_RESOLUTION, Uint8Array.of(6)],
  ]);
}

/** Returns a packet block. @param parts The data, in pieces. */
export function packetBlock(
  packet: Omit<Packet, "data">,
  parts: readonly Uint8Array[],
): Uint8Array {
  const captured = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytes } = openPacketBlock(packet, captured);
  let at = PACKET_DATA;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A block, twice: its numbers are written through the view. */
export interface OpenBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
}

/**
 * Size of the buffers from which blocks are cut, bytes: to allocate one for each block takes longer than
 * to fill it.
 */
const PIECE = 65_536;
let piece = new Uint8Array(), used = 0;

/** Returns bytes that are zero. */
function zeros(length: number): Uint8Array<ArrayBuffer> {
  if (length > PIECE / 4) return new Uint8Array(length);
  if (used + length > piece.length) {
    piece = new Uint8Array(PIECE);
    used = 0;
  }
  used += length;
  return piece.subarray(used - length, used);
}

/**
 * Returns a packet block whose data is still to be written, at `PACKET_DATA`. The numbers are written one
 * by one for the same reason as those of usbmon.ts.
 * @param captured bytes of the data
 */
export function openPacketBlock(
  { interface: number, time, original, comments }: Omit<Packet, "data">,
  captured: number,
): OpenBlock {
  let at = PACKET_DATA + padded(captured);
  let length = at + (comments.length > 0 ? OptionHead.size : 0) + 4;
  for (const comment of comments) length += encodedComment(comment).length;
  const bytes = zeros(length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const { offsets } = PacketBlock;
  view.setUint32(offsets.type, PACKET, true);
  view.setUint32(offsets.length, length, true);
  view.setUint32(offsets.interface, number, true);
  view.setUint32(offsets.timeHigh, time / 2 ** 32, true);
  view.setUint32(offsets.timeLow, time, true);
  view.setUint32(offsets.captured, captured, true);
  view.setUint32(offsets.original, original, true);
  for (const comment of comments) {
    const option = encodedComment(comment);
    bytes.set(option, at);
    at += option.length;
  }
  view.setUint32(length - 4, length, true);
  return { bytes, view };
}

function block(
  type: number,
  body: Uint8Array,
  options: readonly (readonly [code: number, value: Uint8Array])[],
): Uint8Array {
  const sizes = options.map(([, value]) => OptionHead.size + padded(value.length));
  const length = sizes.reduce((sum, size) => sum + size, body.length + OptionHead.size + 12);
  const bytes = new Uint8Array(length);
  BlockHead.write(bytes, 0, { type, length });
  bytes.set(body, BlockHead.size);
  let at = BlockHead.size + body.length;
  for (const [code, value] of options) at = writeOption(bytes, at, code, value);
  u32.write(bytes, length - 4, length, "length");
  return bytes;
}

/** @returns where the next option begins; what is left of the block is zero, the end of options */
function writeOption(bytes: Uint8Array, at: number, code: number, value: Uint8Array): number {
  OptionHead.write(bytes, at, { code, length: value.length });
  bytes.set(value, at + OptionHead.size);
  return at + OptionHead.size + padded(value.length);
}

/** True if the bytes begin as a pcapng file of this byte order. */
export function isPcapng(bytes: Uint8Array): boolean {
  return BlockHead.tryDecode(bytes)?.type === SECTION &&
    SectionBody.tryDecode(bytes, BlockHead.size)?.magic === MAGIC;
}

/**
 * Yields the interfaces and packets of a file, up to the first block that is cut off or damaged. Other
 * blocks are skipped.
 */
export function* readPcapng(
  bytes: Uint8Array,
): Generator<{ readonly interface: Interface } | { readonly packet: Packet }> {
  for (let at = 0;;) {
    const head = BlockHead.tryDecode(bytes, at);
    if (!head || head.length < 12 || head.length % 4 !== 0 || at + head.length > bytes.length) {
      return;
    }
    const body = bytes.subarray(at + BlockHead.size, at + head.length - 4);
    if (head.type === INTERFACE) {
      const fixed = InterfaceBody.tryDecode(body);
      if (!fixed) return;
      const [name] = optionsIn(body.subarray(InterfaceBody.size), Option.NAME);
      yield { interface: { linkType: fixed.linkType, name: name ?? "" } };
    } else if (head.type === PACKET) {
      const packet = packetIn(body);
      if (!packet) return;
      yield { packet };
    }
    at += head.length;
  }
}

function packetIn(body: Uint8Array): Packet | undefined {
  const fixed = PacketBody.tryDecode(body);
  if (!fixed || PacketBody.size + padded(fixed.captured) > body.length) return undefined;
  const { timeHigh, timeLow, captured, original } = fixed;
  return {
    interface: fixed.interface,
    time: timeHigh * 2 ** 32 + timeLow,
    data: body.subarray(PacketBody.size, PacketBody.size + captured),
    original,
    comments: [
      ...optionsIn(body.subarray(PacketBody.size + padded(captured)), Option.COMMENT),
    ],
  };
}

function* optionsIn(bytes: Uint8Array, wanted: number): Generator<string> {
  for (let at = 0;;) {
    const head = OptionHead.tryDecode(bytes, at);
    if (!head || head.code === 0) return;
    const start = at + OptionHead.size;
    if (head.code === wanted) yield decoder.decode(bytes.subarray(start, start + head.length));
    at = start + padded(head.length);
  }
}
