import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { DeviceFinder } from "../core/device/finder.ts";
import { UnbrickError } from "../core/common/errors.ts";
import { ran } from "./support/cli/command_rig.ts";
import { RunningFirmwareModel } from "../core/openmv_bootloader/firmware_model.ts";
import { MemoryBus } from "../core/transport/usb/memory.ts";
import { VirtualBus } from "../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../core/common/virtual_clock.ts";

/** Tests USB ids that boards of several families share. */

const withOldFirmware = ["m4", "m7", "h7", "h7-plus", "pure-thermal", "rt1062"]
  .map((name) => `openmv-${name}`).sort();

/** Returns a running camera on its own bus; up to firmware 4.5 it has the id 1209:ABD1. */
function busWithOldCamera(clock: VirtualClock, serial: string): MemoryBus {
  const virtual = new VirtualBus();
  virtual.socket("1-1").attach(
    new RunningFirmwareModel({
      clock,
      vendorId: 0x1209,
      productId: 0xABD1,
      product: "OpenMV Virtual Comm Port",
      serial,
      speed: "full",
      reset() {},
    }),
  );
  return new MemoryBus(virtual, clock);
}

const look = async (clock: VirtualClock, bus: MemoryBus) =>
  (await clock.run(() => new DeviceFinder(bus, families, clock).look(new AbortController().signal)))
    .detectedDevices;

Deno.test("1209:ABD1 may be any camera with firmware 4.5 or older, also the RT1062", async () => {
  const clock = new VirtualClock();
  const [running] = await look(clock, busWithOldCamera(clock, "3155345A3139"));
  assert.deepEqual(running.boardIds.toSorted(), withOldFirmware);
  assert.equal(String(running.title), "OpenMV camera with old firmware (4.5 or older)");
});

Deno.test("only STM32 cameras can have the old serial bootloader", async () => {
  const clock = new VirtualClock();
  const [bootloader] = await look(clock, busWithOldCamera(clock, "000000000011"));
  assert.deepEqual(
    bootloader.boardIds.toSorted(),
    withOldFirmware.filter((id) => id !== "openmv-rt1062"),
  );
});

Deno.test("a person says which of these cameras it is", async () => {
  const clock = new VirtualClock();
  const asked: string[][] = [];
  const { code } = await clock.run(() =>
    ran("flash", {
      families,
      bus: busWithOldCamera(clock, "3155345A3139"),
      context: { clock },
      console: { canAsk: true },
      prompts: {
        select: (_question, choices) => {
          asked.push(choices.map(({ label }) => String(label)));
          return Promise.reject(new UnbrickError("cancelled", "Stopped by the user."));
        },
      },
    })
  );
  assert.equal(code, 130);
  assert.equal(asked.length, 1);
  assert.equal(asked[0].length, withOldFirmware.length);
  assert.ok(asked[0].includes("OpenMV Cam RT1062"));
});

Deno.test("an ST ROM that cannot be opened may also be an N6", () => {
  const unreadable = new UnbrickError("permission", "Not allowed.");
  const descriptor = { idVendor: 0x0483, idProduct: 0xDF11 };
  const usb = { portPath: "1-1", descriptor, configurations: [] };
  // deno-lint-ignore no-explicit-any
  const seen = { usb: usb as any, interfaceNames: new Map(), unreadable };
  const boardIds = families.flatMap((family) => family.recognise(seen)?.boardIds ?? []);
  assert.equal(boardIds.length, 6);
  assert.ok(boardIds.includes("openmv-n6"));
});
