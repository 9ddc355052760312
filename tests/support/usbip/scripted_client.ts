import type { SetupPacket } from "../../../core/transport/usb/model.ts";
import { ByteReader } from "./byte_reader.ts";
import {
  BUSID_LENGTH,
  Command,
  decodeDevice,
  decodeOpCommon,
  DEVICE_LENGTH,
  encodeOpCommon,
  encodeText,
  type ExportedDevice,
  OP_COMMON_LENGTH,
  OpCode,
  OpStatus,
  type SubmitCommand,
  type UnlinkCommand,
  URB_HEADER_LENGTH,
  VERSION,
} from "./packets.ts";
import type { ByteStream } from "./connection.ts";

/** A USB/IP client that does what a test tells it, packet by packet. */

export interface Result {
  readonly command: number;
  readonly seqnum: number;
  readonly status: number;
  readonly actualLength: number;
  readonly data: Uint8Array;
}

/** The 48 bytes of a command as the kernel sends them. */
export function encodeCommand(command: SubmitCommand | UnlinkCommand): Uint8Array {
  const bytes = new Uint8Array(URB_HEADER_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, command.command);
  view.setUint32(4, command.seqnum);
  if (command.command === Command.CMD_UNLINK) {
    view.setUint32(20, command.target);
    return bytes;
  }
  const { setup } = command;
  view.setUint32(8, command.devid);
  view.setUint32(12, command.isIn ? 1 : 0);
  view.setUint32(16, command.ep);
  view.setUint32(20, command.transferFlags);
  view.setUint32(24, command.transferBufferLength);
  view.setUint32(32, command.numberOfPackets);
  bytes.set([setup.bmRequestType, setup.bRequest], 40);
  view.setUint16(42, setup.wValue, true);
  view.setUint16(44, setup.wIndex, true);
  view.setUint16(46, setup.wLength, true);
  return bytes;
}

const NO_SETUP = { bmRequestType: 0, bRequest: 0, wValue: 0, wIndex: 0, wLength: 0 };

export class ScriptedClient {
  readonly #reader: ByteReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #asked = new Map<number, boolean>();
  #seqnum = 0;

  constructor(stream: ByteStream) {
    this.#reader = new ByteReader(stream.readable);
    this.#writer = stream.writable.getWriter();
  }

  async send(...parts: Uint8Array[]): Promise<void> {
    for (const part of parts) await this.#writer.write(part);
  }

  async deviceList(): Promise<ExportedDevice[]> {
    await this.send(encodeOpCommon({ version: VERSION, code: OpCode.REQ_DEVLIST, status: 0 }));
    const head = await this.#reader.read(OP_COMMON_LENGTH + 4);
    const devices: ExportedDevice[] = [];
    for (let left = head![11]; left > 0; left--) {
      const device = decodeDevice((await this.#reader.read(DEVICE_LENGTH))!);
      await this.#reader.read(4 * device.bNumInterfaces);
      devices.push(device);
    }
    return devices;
  }

  /** The imported device, or the status of the refusal. */
  async import(busid: string): Promise<ExportedDevice | number> {
    const head = encodeOpCommon({ version: VERSION, code: OpCode.REQ_IMPORT, status: 0 });
    await this.send(head, encodeText(busid, BUSID_LENGTH));
    const { status } = decodeOpCommon((await this.#reader.read(OP_COMMON_LENGTH))!);
    if (status !== OpStatus.OK) return status;
    return decodeDevice((await this.#reader.read(DEVICE_LENGTH))!);
  }

  /** Sends CMD_SUBMIT on endpoint 0; returns its seqnum. */
  async control(setup: SetupPacket, data = new Uint8Array(), transferFlags = 0): Promise<number> {
    const isIn = (setup.bmRequestType & 0x80) !== 0;
    return await this.submit({ isIn, ep: 0, setup, length: setup.wLength, transferFlags }, data);
  }

  async submit(
    fields: {
      isIn: boolean;
      ep: number;
      length: number;
      setup?: SetupPacket;
      transferFlags?: number;
    },
    data = new Uint8Array(),
  ): Promise<number> {
    const seqnum = ++this.#seqnum;
    this.#asked.set(seqnum, fields.isIn);
    const { isIn, ep, length, setup = NO_SETUP, transferFlags = 0 } = fields;
    const common = { seqnum, devid: 0x10002, numberOfPackets: 0, transferBufferLength: length };
    const { CMD_SUBMIT } = Command;
    const command = { command: CMD_SUBMIT, isIn, ep, setup, transferFlags, ...common };
    await this.send(encodeCommand(command), data);
    return seqnum;
  }

  async unlink(target: number): Promise<number> {
    const seqnum = ++this.#seqnum;
    await this.send(encodeCommand({ command: Command.CMD_UNLINK, seqnum, target }));
    return seqnum;
  }

  /** The next result; undefined when the server has ended the connection. */
  async result(): Promise<Result | undefined> {
    const bytes = await this.#reader.read(URB_HEADER_LENGTH);
    if (!bytes) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const command = view.getUint32(0), seqnum = view.getUint32(4), status = view.getInt32(20);
    const isSubmit = command === Command.RET_SUBMIT;
    const actualLength = isSubmit ? view.getUint32(24) : 0;
    const follows = isSubmit && this.#asked.get(seqnum) ? actualLength : 0;
    const data = (await this.#reader.read(follows))!.slice();
    return { command, seqnum, status, actualLength, data };
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
    await this.#writer.close().catch(() => {}); // the server may have closed first
  }
}
