import { concat } from "../../../core/common/bytes.ts";
import type { Attachment } from "../../../core/transport/usb/attachment.ts";
import {
  parseConfiguration,
  parseDeviceDescriptor,
} from "../../../core/transport/usb/descriptors.ts";
import type { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";
import { type ByteStream, Connection, ignoreConnectionLoss } from "./connection.ts";
import {
  BusId,
  DeviceCount,
  ExportedDevice,
  ExportedInterface,
  OpCode,
  OpCommon,
  OpStatus,
  VERSION,
} from "./packets.ts";
import { UrbSession } from "./urb_session.ts";

const speeds = { low: 1, full: 2, high: 3, super: 5, unknown: 0 } as const;

/**
 * Offers the devices of a virtual bus over USB/IP. The busid of a device is its port path. After a
 * client has imported a device, the device is offered again only when it is replugged or the client
 * disconnects. Unplugging it ends the client's connection, which tells the client. The protocol has
 * no message for a port reset: Linux resets its own virtual hub and then only configures the device
 * again.
 */
export class UsbIpServer {
  readonly #imported = new Set<Attachment>();

  /** @param onError called with defects of models, which the client only sees as EPROTO */
  constructor(
    private readonly bus: VirtualBus,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Returns the devices that a client can import now. */
  get offered(): readonly Attachment[] {
    return this.bus.attachments.filter((one) => !this.#imported.has(one));
  }

  /** Serves one client until its connection ends or `signal` aborts; never throws. */
  async serve(stream: ByteStream, signal?: AbortSignal): Promise<void> {
    const connection = new Connection(stream);
    const onAbort = () => connection.end();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await this.#answer(connection).catch(ignoreConnectionLoss);
    } catch (error) {
      this.onError(error);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      await connection.end();
    }
  }

  async #answer(connection: Connection): Promise<void> {
    const head = await connection.reader.read(OpCommon.size);
    const code = head && OpCommon.decode(head).code;
    if (code === OpCode.REQ_DEVLIST) await connection.send(this.#deviceList());
    if (code === OpCode.REQ_IMPORT) await this.#import(connection);
  }

  #deviceList(): Uint8Array {
    const devices = this.offered;
    const count = DeviceCount.encode({ devices: devices.length });
    const listed = devices.map(describe).flatMap((
      { device, interfaces },
    ) => [device, ...interfaces]);
    return concat([reply(OpCode.REP_DEVLIST, OpStatus.OK), count, ...listed]);
  }

  async #import(connection: Connection): Promise<void> {
    const name = await connection.reader.read(BusId.size);
    if (!name) return;
    const { busid } = BusId.decode(name);
    const attachment = this.bus.attachments.find(({ portPath }) => portPath === busid);
    if (!attachment || this.#imported.has(attachment)) {
      const status = attachment ? OpStatus.DEV_BUSY : OpStatus.NODEV;
      return await connection.send(reply(OpCode.REP_IMPORT, status));
    }
    this.#imported.add(attachment);
    const send = (packet: Uint8Array) => connection.send(packet);
    const session = new UrbSession(attachment, send, this.onError);
    const stop = this.bus.onChange(async () => {
      if (!attachment.gone) return;
      await session.settled();
      await connection.end();
    });
    try {
      const { device } = describe(attachment);
      await connection.send(concat([reply(OpCode.REP_IMPORT, OpStatus.OK), device]));
      await session.run(connection.reader);
    } finally {
      stop();
      this.#imported.delete(attachment);
    }
  }
}

/**
 * Returns a device as OP_REP_IMPORT describes it, and the interfaces that follow in OP_REP_DEVLIST.
 */
function describe(attachment: Attachment): { device: Uint8Array; interfaces: Uint8Array[] } {
  const { model, portPath, bus, address } = attachment;
  const descriptor = parseDeviceDescriptor(model.deviceDescriptor);
  const configuration = model.configurations[0] && parseConfiguration(model.configurations[0]);
  if (!descriptor || !configuration) throw new Error(`the model on ${portPath} has no descriptors`);
  const settings = configuration.interfaces.filter((one) => one.bAlternateSetting === 0);
  const device = ExportedDevice.encode({
    ...descriptor,
    path: `/sys/devices/virtual/usb${bus}/${portPath}`,
    busid: portPath,
    busnum: bus,
    devnum: address,
    speed: speeds[model.speed],
    bConfigurationValue: configuration.bConfigurationValue,
    bNumInterfaces: settings.length,
  });
  return { device, interfaces: settings.map(ExportedInterface.encode) };
}

function reply(code: number, status: number): Uint8Array {
  return OpCommon.encode({ version: VERSION, code, status });
}
