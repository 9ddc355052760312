import assert from "node:assert/strict";
import { isKind } from "../../core/common/errors.ts";
import { LibusbBus } from "./bus.ts";
import { Context } from "./context.ts";
import {
  configuration,
  deviceDescriptor,
  openFake,
  REQUEST,
} from "../../tests/support/ffi/fake_libusb.ts";

const fake = await openFake("hotplug");
const setup = { bmRequestType: 0x40, bRequest: REQUEST.NEVER, wValue: 0, wIndex: 0 };

Deno.test({
  name: "a transfer that the system never returns delays neither the caller nor the end",
  ignore: fake === undefined,
  fn: async () => {
    const length = BigInt(configuration.length);
    const address = fake!.fake_plug(0, 2, 2, deviceDescriptor, configuration, length);
    const bus = new LibusbBus(await Context.open(fake!.file));
    const info = (await bus.list()).find((info) => info.address === address)!;
    const device = await bus.open(info);

    const never = new AbortController();
    const timeout = device.controlIn(setup, 8, { timeoutMs: 20, signal: never.signal });
    const stop = new AbortController();
    const aborted = device.controlIn(setup, 8, { timeoutMs: 600_000, signal: stop.signal });
    const both = Promise.allSettled([timeout, aborted]);
    await new Promise((resolve) => setTimeout(resolve, 10)); // both have been accepted
    stop.abort();
    await both;
    assert.ok(isKind(await timeout.catch((error) => error), "timeout"));
    assert.ok(isKind(await aborted.catch((error) => error), "cancelled"));
    // Their memory is still reserved for the system; a new transfer gets its own.
    const data = Uint8Array.of(1, 2, 3);
    const options = { timeoutMs: 300_000, signal: never.signal };
    await device.controlOut({ ...setup, bRequest: REQUEST.STORE }, data, options);
    assert.deepEqual(
      await device.controlIn({ ...setup, bRequest: REQUEST.LOAD }, 3, options),
      data,
    );

    await device.close();
    // Closing is not waited for: with a transfer that is lost it may hang as well.
    while (fake!.alive().handles > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await bus.close();
  },
});
