import assert from "node:assert/strict";
import fc from "fast-check";
import { UsbFunction } from "../../../core/transport/usb/function.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";
import { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";
import { ByteReader } from "./byte_reader.ts";
import { listen } from "./listen.ts";
import {
  BusId,
  Errno,
  ExportedDevice,
  ExportedInterface,
  OpCommon,
  OpStatus,
  SubmitCommand,
  SubmitResult,
  UnlinkCommand,
  UnlinkResult,
  URB_SHORT_NOT_OK,
} from "./packets.ts";
import { ScriptedClient } from "./scripted_client.ts";
import type { ByteStream } from "./connection.ts";
import { UsbIpServer } from "./server.ts";

const HOLD = 1, REFUSE = 2, ECHO = 3, BREAK = 4;
const setup = (bmRequestType: number, bRequest: number, wLength = 0): SetupPacket => ({
  ...{ bmRequestType, bRequest, wValue: 0, wIndex: 0, wLength },
});
const GET_DEVICE = { ...setup(0x80, 6, 18), wValue: 0x0100 };

class Probe extends UsbFunction {
  kept: Uint8Array = new Uint8Array();
  resets = 0;
  givenUp = 0;

  constructor(idProduct = 2) {
    const endpoint = { bmAttributes: 3, wMaxPacketSize: 64, bInterval: 1 };
    const endpoints = [0x81, 0x01].map((bEndpointAddress) => ({ bEndpointAddress, ...endpoint }));
    const configuration = { interfaces: [{ bInterfaceClass: 3, endpoints }] };
    super({ speed: "full", device: { idVendor: 1, idProduct }, configuration });
  }

  protected override async request(
    { bRequest, bmRequestType }: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    if (bRequest === HOLD) {
      signal.addEventListener("abort", () => this.givenUp++);
      await new Promise(() => {});
    }
    if (bRequest === REFUSE) throw new Stall();
    if (bRequest === BREAK) throw new TypeError("a defect");
    if (bRequest === ECHO && !(bmRequestType & 0x80)) this.kept = data.slice();
    return this.kept;
  }

  override reset(): void {
    super.reset();
    this.resets++;
  }

  async dataIn() {
    return Uint8Array.from(this.kept.toReversed());
  }

  async dataOut(_endpoint: number, data: Uint8Array) {
    this.kept = data.slice();
  }
}

/** A server over a bus with a probe on port 1-1, and clients connected to it in memory. */
function host() {
  const bus = new VirtualBus();
  const probe = new Probe();
  bus.socket("1-1").attach(probe);
  const errors: unknown[] = [];
  const server = new UsbIpServer(bus, (error) => errors.push(error));
  const served: Promise<void>[] = [];
  const connect = () => {
    const toServer = pipe(), toClient = pipe();
    served.push(server.serve({ readable: toServer.readable, writable: toClient.writable }));
    return new ScriptedClient({ readable: toClient.readable, writable: toServer.writable });
  };
  return { bus, probe, errors, connect, served };
}

/** A stream that, like a socket, accepts some packets before anybody reads them. */
function pipe() {
  return new TransformStream<Uint8Array, Uint8Array>({}, undefined, { highWaterMark: 16 });
}

async function imported() {
  const made = host();
  const client = made.connect();
  await client.import("1-1");
  return { ...made, client };
}

Deno.test("packets: heads and devices have the kernel's sizes and offsets", () => {
  assert.deepEqual([OpCommon.size, BusId.size, ExportedInterface.size], [8, 32, 4]);
  assert.deepEqual(ExportedDevice.size, 312);
  assert.deepEqual(ExportedDevice.offsets, {
    ...{ path: 0, busid: 256, busnum: 288, devnum: 292, speed: 296 },
    ...{ idVendor: 300, idProduct: 302, bcdDevice: 304 },
    ...{ bDeviceClass: 306, bDeviceSubClass: 307, bDeviceProtocol: 308 },
    ...{ bConfigurationValue: 309, bNumConfigurations: 310, bNumInterfaces: 311 },
  });
});

Deno.test("packets: results as the kernel reads them", () => {
  const words = (bytes: Uint8Array) => bytes.toHex().match(/.{8}/g);
  const submitted = SubmitResult.encode({ seqnum: 5, status: Errno.EPIPE, actualLength: 18 });
  assert.deepEqual(words(submitted), [
    ...["00000003", "00000005", "00000000", "00000000", "00000000", "ffffffe0"],
    ...["00000012", "00000000", "ffffffff", "00000000", "00000000", "00000000"],
  ]);
  const unlinked = UnlinkResult.encode({ seqnum: 6, status: Errno.ECONNRESET });
  assert.deepEqual(words(unlinked), [
    ...["00000004", "00000006", "00000000", "00000000", "00000000", "ffffff98"],
    ...Array(6).fill("00000000"),
  ]);
});

Deno.test("packets: a CMD_SUBMIT as the kernel sends it", () => {
  const bytes = Uint8Array.from([
    ...[0, 0, 0, 1, 0, 0, 0x0d, 5, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0],
    ...[0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 6, 0, 1, 0, 0, 18, 0],
  ]);
  assert.deepEqual(SubmitCommand.decode(bytes), {
    ...{ seqnum: 0x0d05, devid: 0x10002, direction: 1, ep: 0 },
    ...{ transferFlags: 0x200, transferBufferLength: 18, numberOfPackets: 0, setup: GET_DEVICE },
  });
  assert.equal(UnlinkCommand.tryDecode(bytes), undefined);
  bytes[3] = 2;
  assert.deepEqual(UnlinkCommand.decode(bytes), { seqnum: 0x0d05, target: 0x200 });
  assert.equal(SubmitCommand.tryDecode(bytes), undefined);
});

Deno.test("bytes are read completely, however they arrive", async () => {
  const cut = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { maxLength: 9 });
  await fc.assert(fc.asyncProperty(cut, fc.integer({ min: 1, max: 12 }), async (chunks, size) => {
    const reader = new ByteReader(ReadableStream.from(chunks));
    const all = chunks.flatMap((chunk) => [...chunk]);
    const got: number[] = [];
    for (let piece; (piece = await reader.read(size));) got.push(...piece);
    assert.deepEqual(got, all.slice(0, all.length - all.length % size));
  }));
});

Deno.test("devices are listed, imported once, and offered again after the client disconnects", async () => {
  const { bus, connect, served } = host();
  bus.socket("1-2").attach(new Probe(3));
  const list = async () => {
    const client = connect();
    const devices = await client.deviceList();
    await client.close();
    return devices.map(({ busid, idProduct }) => `${busid} ${idProduct}`);
  };
  assert.deepEqual(await list(), ["1-1 2", "1-2 3"]);
  const first = connect();
  const device = await first.import("1-1");
  assert.ok(typeof device === "object");
  assert.deepEqual([device.busnum, device.devnum, device.speed], [1, 2, 2]);
  assert.deepEqual(await list(), ["1-2 3"]);
  assert.equal(await connect().import("1-1"), OpStatus.DEV_BUSY);
  assert.equal(await connect().import("1-9"), OpStatus.NODEV);
  await first.close();
  await Promise.all(served);
  assert.deepEqual(await list(), ["1-1 2", "1-2 3"]);
});

Deno.test("control and interrupt transfers work in both directions", async () => {
  const { client, probe } = await imported();
  await client.control(GET_DEVICE);
  const device = await client.result();
  assert.deepEqual(device?.data, probe.deviceDescriptor);
  const bytes = Uint8Array.of(1, 2, 3);
  await client.control(setup(0x40, ECHO, 3), bytes);
  assert.deepEqual(await client.result(), {
    ...{ isSubmit: true, seqnum: 2, status: 0, actualLength: 3 },
    data: new Uint8Array(),
  });
  assert.deepEqual(probe.kept, bytes);
  await client.submit({ isIn: true, ep: 1, length: 64 });
  assert.deepEqual((await client.result())?.data, Uint8Array.of(3, 2, 1));
  await client.submit({ isIn: false, ep: 1, length: 2 }, Uint8Array.of(8, 9));
  assert.equal((await client.result())?.actualLength, 2);
  assert.deepEqual(probe.kept, Uint8Array.of(8, 9));
});

Deno.test("failures have the kernel's numbers", async () => {
  const { client, probe, errors } = await imported();
  const status = async (request: SetupPacket, flags = 0) => {
    await client.control(request, new Uint8Array(), flags);
    return (await client.result())?.status;
  };
  assert.equal(await status(setup(0xc0, REFUSE, 8)), Errno.EPIPE);
  assert.equal(await status({ ...GET_DEVICE, wLength: 64 }), 0);
  assert.equal(await status({ ...GET_DEVICE, wLength: 64 }, URB_SHORT_NOT_OK), Errno.EREMOTEIO);
  assert.equal(errors.length, 0);
  assert.equal(await status(setup(0xc0, BREAK, 8)), Errno.EPROTO);
  assert.match(String(errors), /a defect/);
  probe.kept = new Uint8Array(9);
  await client.submit({ isIn: true, ep: 1, length: 8 });
  const result = await client.result();
  assert.deepEqual([result?.status, result?.actualLength], [Errno.EOVERFLOW, 8]);
});

Deno.test("an unlinked URB gets no result of its own and frees its endpoint", async () => {
  const { client, probe } = await imported();
  const held = await client.control(setup(0xc0, HOLD, 8));
  const queued = await client.control(setup(0xc0, HOLD, 8));
  const last = await client.control(GET_DEVICE);
  const unlinkQueued = await client.unlink(queued);
  const unlinkHeld = await client.unlink(held);
  for (const seqnum of [unlinkQueued, unlinkHeld]) {
    const result = await client.result();
    assert.equal(result?.isSubmit, false);
    assert.deepEqual([result?.seqnum, result?.status], [seqnum, Errno.ECONNRESET]);
  }
  assert.equal((await client.result())?.seqnum, last);
  assert.equal(probe.givenUp, 1, "only the URB that had started reached the model");
  await client.unlink(last);
  assert.equal((await client.result())?.status, 0, "it had ended before");
});

Deno.test("unplugging ends URBs with ENODEV and then the connection; a replug is offered", async () => {
  const { bus, client, probe, connect, served } = await imported();
  await client.control(setup(0xc0, HOLD, 8));
  await client.submit({ isIn: true, ep: 1, length: 8 });
  await client.result();
  bus.socket("1-1").detach();
  assert.equal((await client.result())?.status, Errno.ENODEV);
  assert.equal(await client.result(), undefined);
  await served[0];
  bus.socket("1-1").attach(probe);
  const device = await connect().import("1-1");
  assert.ok(typeof device === "object");
  assert.equal(device.devnum, 3);
});

Deno.test("a request for a device that was just unplugged is not a defect", async () => {
  const { bus, client, errors, served } = await imported();
  const held = await client.control(setup(0xc0, HOLD, 8));
  bus.socket("1-1").detach();
  await client.unlink(held);
  await client.control(GET_DEVICE);
  while (await client.result());
  await served[0];
  assert.deepEqual(errors, []);
});

Deno.test("a port reset reaches the model; invalid data ends the connection", async () => {
  const { client, probe, served } = await imported();
  await client.control({ ...setup(0x23, 3), wValue: 4 });
  assert.equal((await client.result())?.status, 0);
  assert.equal(probe.resets, 1);
  await client.send(new Uint8Array(48));
  assert.equal(await client.result(), undefined);
  await served[0];
});

Deno.test("over TCP: several clients at once, an unplug, and a clean end", async () => {
  const bus = new VirtualBus();
  const errors: unknown[] = [];
  const listener = listen(bus, { port: 0, onError: (error) => errors.push(error) });
  const connect = async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
    return new ScriptedClient(connection satisfies ByteStream);
  };
  const clients = await Promise.all([1, 2, 3].map(async (port) => {
    bus.socket(`1-${port}`).attach(new Probe(port));
    const client = await connect();
    await client.import(`1-${port}`);
    return client;
  }));
  for (const [at, client] of clients.entries()) {
    await client.control(GET_DEVICE);
    assert.equal((await client.result())?.data[10], at + 1);
  }
  bus.socket("1-2").detach();
  assert.equal(await clients[1].result(), undefined);
  await clients[0].close();
  await listener.close();
  assert.equal(await clients[2].result(), undefined);
  await clients[1].close();
  await clients[2].close();
  assert.deepEqual(errors, []);
});
