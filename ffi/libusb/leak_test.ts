import assert from "node:assert/strict";
import { LibusbBus } from "./bus.ts";
import { Context } from "./context.ts";
import { openTransferClose } from "../../tests/support/ffi/libusb_cycles.ts";
import { configuration, deviceDescriptor, openFake } from "../../tests/support/ffi/fake_libusb.ts";

const fake = await openFake("hotplug");

Deno.test({
  // The benchmark measures how the memory of the process grows, because other tests run beside this one.
  name: "10,000 times open, transfer, close: nothing stays behind in libusb",
  ignore: fake === undefined,
  fn: async () => {
    const nothing = fake!.alive();
    await openTransferClose(fake!, 10_000);
    assert.deepEqual(fake!.alive(), nothing);
  },
});

Deno.test({
  name: "repeated lists, with devices that connect and disconnect, keep nothing",
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
  name: "many sessions end with nothing left open",
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
