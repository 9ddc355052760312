import assert from "node:assert/strict";
import { isKind } from "../../core/errors.ts";
import { LibusbBus } from "./bus.ts";
import { Context } from "./context.ts";
import { configuration, deviceDescriptor, openFake, REQUEST } from "./testing/fake.ts";

const fake = await openFake("hotplug");
const setup = { bmRequestType: 0x40, wValue: 0, wIndex: 0 };
const options = { timeoutMs: 10_000, signal: new AbortController().signal };
const cycles = 10_000;

Deno.test({
  name: "10,000 times open, transfer, close: nothing stays behind, in libusb or in the process",
  ignore: fake === undefined,
  fn: async () => {
    const nothing = fake!.alive();
    const length = BigInt(configuration.length);
    const address = fake!.fake_plug(0, 2, 2, deviceDescriptor, configuration, length);
    const bus = new LibusbBus(await Context.open(fake!.file));
    const [info] = (await bus.list()).filter((info) => info.address === address);
    const data = new Uint8Array(2048);

    const cycle = async () => {
      const device = await bus.open(info);
      await device.claim(0);
      await device.controlOut({ ...setup, bRequest: REQUEST.STORE }, data, options);
      const read = await device.controlIn({ ...setup, bRequest: REQUEST.LOAD }, 2048, options);
      assert.equal(read.length, 2048);
      const refused = device.controlIn({ ...setup, bRequest: REQUEST.REFUSE }, 8, options);
      assert.ok(await refused.then(() => false, (error) => isKind(error, "stalled")));
      await device.close();
    };
    let early = { memory: 0, alive: fake!.alive() };
    for (let done = 0; done < cycles; done++) {
      // Buffers and code that stay warm have been made by then.
      if (done === cycles / 2) early = { memory: Deno.memoryUsage().rss, alive: fake!.alive() };
      await cycle();
    }
    assert.deepEqual(fake!.alive(), early.alive);
    const grown = Deno.memoryUsage().rss - early.memory;
    // One leaked buffer a cycle would be 20 MB, one leaked libusb_transfer 1 MB.
    assert.ok(grown < 16_000_000, `memory grew by ${grown} bytes in ${cycles / 2} cycles`);

    await bus.close();
    fake!.fake_unplug(address);
    assert.deepEqual(fake!.alive(), nothing);
  },
});

Deno.test({
  name: "listing again and again, with devices coming and going, keeps nothing",
  ignore: fake === undefined,
  fn: async () => {
    const nothing = fake!.alive();
    const bus = new LibusbBus(await Context.open(fake!.file));
    await bus.list();
    const before = fake!.alive();
    for (let time = 0; time < 500; time++) {
      const length = BigInt(configuration.length);
      const address = fake!.fake_plug(0, 2, 2, deviceDescriptor, configuration, length);
      assert.equal((await bus.list()).length, 3);
      fake!.fake_unplug(address);
      assert.equal((await bus.list()).length, 2);
    }
    assert.deepEqual(fake!.alive(), before);
    await bus.close();
    assert.deepEqual(fake!.alive(), nothing);
  },
});

Deno.test({
  name: "a session ends with nothing left, many times over",
  ignore: fake === undefined,
  fn: async () => {
    const nothing = fake!.alive();
    for (let time = 0; time < 200; time++) {
      const bus = new LibusbBus(await Context.open(fake!.file));
      await bus.list();
      await bus.close();
      assert.deepEqual(fake!.alive(), nothing);
    }
  },
});
