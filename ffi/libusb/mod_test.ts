import assert from "node:assert/strict";
import { errorOf } from "../../tests/support/expected_error.ts";
import { descriptorOf, FakeLibusb } from "../../tests/support/ffi/fake_libusb_functions.ts";
import { type FakeLibrary, withLibraries } from "../../tests/support/ffi/fake_library.ts";
import { i32, u8 } from "../../core/common/struct.ts";
import { readAll, readMemory } from "./memory.ts";
import { openUsbBus } from "./mod.ts";

/** Any file that exists. */
const library = import.meta.filename!;

/** Opens the bus on a Linux with these folders. */
function openOn(libusb: FakeLibusb, ...folders: string[]) {
  const libc: FakeLibrary = {
    thread: { error: 0 },
    calls: [],
    functions: {
      realpath: (path: Uint8Array<ArrayBuffer>, out: Uint8Array) => {
        const text = new TextDecoder().decode(path).slice(0, -1);
        if (!folders.includes(text)) return null;
        out.set(path);
        return Deno.UnsafePointer.of(path);
      },
    },
  };
  return withLibraries(
    { [library]: libusb, "libc.so.6": libc },
    () => openUsbBus({ library }),
  );
}

Deno.test({
  name: "a Linux without devices is refused only if it has no USB at all; its session ends",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const none = new FakeLibusb();
    const error = await errorOf(openOn(none), "driver");
    assert.deepEqual(error.data, { os: "linux", missing: "/sys/bus/usb" });
    assert.match(error.message, /^This system has no USB bus/);
    assert.deepEqual(none.named().slice(-3), ["free_device_list", "exit", "dlclose"]);
    for (const folder of ["/sys/bus/usb", "/dev/bus/usb"]) {
      const bus = await openOn(new FakeLibusb(), folder);
      assert.deepEqual(await bus.list(), []);
      await bus.close();
    }
    const one = new FakeLibusb();
    one.devices.push({ bus: 1, address: 1, ports: [], descriptor: descriptorOf(0x1D6B, 2) });
    await (await openOn(one)).close();
  },
});

Deno.test("a null pointer and a length of zero or less have no bytes", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  assert.deepEqual(readMemory(address, 3), bytes.slice(0, 3));
  for (const [at, length] of [[0n, 3], [address, 0], [address, -1]] as const) {
    assert.deepEqual(readMemory(at, length), new Uint8Array());
  }
  assert.deepEqual(readAll(u8, address, 2), [1, 2]);
  assert.deepEqual(readAll(i32, 0n, 2), []);
  const copy = readMemory(address, 4);
  bytes.fill(0);
  assert.equal(copy[3], 4, "libusb may free its memory afterwards");
});
