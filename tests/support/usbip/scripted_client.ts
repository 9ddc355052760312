import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";
import { ByteReader } from "./byte_reader.ts";
import {
  BusId,
  DeviceCount,
  ExportedDevice,
  ExportedInterface,
  OpCode,
  OpCommon,
  OpStatus,
  SubmitCommand,
  SubmitResult,
  UnlinkCommand,
  UnlinkResult,
  URB_HEADER_LENGTH,
  VERSION,
} from "./packets.ts";
import type { ByteStream } from "./connection.ts";

/** A USB/IP client that a test controls packet by packet. */

export interface Result {
  readonly isSubmit: boolean;
  readonly seqnum: number;
  readonly status: number;
  readonly actualLength: number;
  readonly data: Uint8Array;
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
    await this.send(OpCommon.encode({ version: VERSION, code: OpCode.REQ_DEVLIST, status: 0 }));
    const head = await this.#reader.read(OpCommon.size + DeviceCount.size);
    const devices: ExportedDevice[] = [];
    for (let left = DeviceCount.decode(head!, OpCommon.size).devices; left > 0; left--) {
      const device = ExportedDevice.decode((await this.#reader.read(ExportedDevice.size))!);
      await this.#reader.read(ExportedInterface.size * device.bNumInterfaces);
      devices.push(device);
    }
    return devices;
  }

  /** The imported device, or the status with which it was refused. */
  async import(busid: string): Promise<ExportedDevice | number> {
    const head = OpCommon.encode({ version: VERSION, code: OpCode.REQ_IMPORT, status: 0 });
    await this.send(head, BusId.encode({ busid }));
    const { status } = OpCommon.decode((await this.#reader.read(OpCommon.size))!);
    if (status !== OpStatus.OK) return status;
    return ExportedDevice.decode((await this.#reader.read(ExportedDevice.size))!);
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
    const direction = isIn ? 1 : 0;
    const command = SubmitCommand.encode({ direction, ep, setup, transferFlags, ...common });
    await this.send(command, data);
    return seqnum;
  }

  async unlink(target: number): Promise<number> {
    const seqnum = ++this.#seqnum;
    await this.send(UnlinkCommand.encode({ seqnum, target }));
    return seqnum;
  }

  /** Returns the next result; undefined if the server has ended the connection. */
  async result(): Promise<Result | undefined> {
    const bytes = await this.#reader.read(URB_HEADER_LENGTH);
    if (!bytes) return undefined;
    const submitted = SubmitResult.tryDecode(bytes);
    const { seqnum, status } = submitted ?? UnlinkResult.decode(bytes);
    const actualLength = submitted?.actualLength ?? 0;
    const follows = submitted && this.#asked.get(seqnum) ? actualLength : 0;
    const data = (await this.#reader.read(follows))!.slice();
    return { isSubmit: submitted !== undefined, seqnum, status, actualLength, data };
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
    await this.#writer.close().catch(() => {}); // the server may already have closed it
  }
}
