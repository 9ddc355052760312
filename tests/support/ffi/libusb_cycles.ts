import assert from "node:assert/strict";
import { isKind } from "../../../core/common/errors.ts";
import { LibusbBus } from "../../../ffi/libusb/bus.ts";
import { Context } from "../../../ffi/libusb/context.ts";
import { configuration, deviceDescriptor, type Fake, REQUEST } from "./fake_libusb.ts";

const setup = { bmRequestType: 0x40, wValue: 0, wIndex: 0 };
const options = { timeoutMs: 10_000, signal: new AbortController().signal };

/**
 * Opens a device of the fake bus, transfers 2 KiB in each direction, has a request refused, and
 * closes the device, `count` times.
 * @returns how many bytes the memory of the process grew in the second half, after buffers and
 * compiled code exist
 */
export async function openTransferClose(fake: Fake, count: number): Promise<number> {
  const length = BigInt(configuration.length);
  const address = fake.fake_plug(0, 2, 2, deviceDescriptor, configuration, length);
  const bus = new LibusbBus(await Context.open(fake.file));
  const [info] = (await bus.list()).filter((info) => info.address === address);
  const data = new Uint8Array(2048);
  let early = { memory: 0, alive: fake.alive() };
  for (let done = 0; done < count; done++) {
    if (done === Math.floor(count / 2)) {
      early = { memory: Deno.memoryUsage().rss, alive: fake.alive() };
    }
    const device = await bus.open(info);
    await device.claim(0);
    await device.controlOut({ ...setup, bRequest: REQUEST.STORE }, data, options);
    const read = await device.controlIn({ ...setup, bRequest: REQUEST.LOAD }, 2048, options);
    assert.equal(read.length, 2048);
    const refused = device.controlIn({ ...setup, bRequest: REQUEST.REFUSE }, 8, options);
    assert.ok(await refused.then(() => false, (error) => isKind(error, "stalled")));
    await device.close();
  }
  assert.deepEqual(fake.alive(), early.alive);
  const grown = Deno.memoryUsage().rss - early.memory;
  await bus.close();
  fake.fake_unplug(address);
  return grown;
}
