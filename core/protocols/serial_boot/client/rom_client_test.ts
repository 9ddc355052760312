import assert from "node:assert/strict";
import fc from "fast-check";
import { isKind } from "../../../common/errors.ts";
import type { Transfer } from "../../../transport/usb/transfer.ts";
import { VirtualBus } from "../../../transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { PhaseId } from "../packets/phase.ts";
import { startImage } from "./rom_client.ts";
import { Stm32n6Rom } from "../model/rom_model.ts";
import { romAlternates, type RomSwitches, romSwitches } from "../model/rom_switches.ts";
import { defaultSwitches } from "../model/rom_switches.ts";
import {
  type Opened,
  openOn,
  sampleImage,
  SERIAL,
  startSession,
} from "../../../../tests/support/protocols/serial_boot_rig.ts";

interface Outcome {
  /** What appears after the ROM: an image, "rom" (it starts again), or nothing: it stayed. */
  readonly left: Uint8Array | "rom" | undefined;
  readonly error: unknown;
  /** The ids of the alternates that were selected. */
  readonly selected: ReadonlySet<number>;
}

/**
 * Sends an image to a ROM with these switches; a port reset follows if it does not disconnect.
 * @param before what happens to the ROM first
 */
async function start(
  switches: Partial<RomSwitches>,
  image: Uint8Array,
  before: (opened: Opened) => Promise<void> = () => Promise.resolve(),
): Promise<Outcome> {
  const clock = new VirtualClock();
  return await clock.run(async () => {
    const bus = new VirtualBus();
    const alternates = romAlternates({ ...defaultSwitches, ...switches });
    const selected = new Set<number>();
    bus.interpose({
      transfer(_attachment, transfer: Transfer, _signal, next) {
        if (transfer.kind === "control" && transfer.setup.bRequest === 11) {
          selected.add(alternates[transfer.setup.wValue].id);
        }
        return next(transfer);
      },
    });
    let left: Outcome["left"];
    bus.socket("1-1").attach(
      new Stm32n6Rom({
        clock,
        serial: SERIAL,
        switches,
        leave(started) {
          left = started ?? "rom";
          bus.socket("1-1").detach();
        },
      }),
    );
    const opened = await openOn(bus, clock);
    await before(opened);
    let error: unknown;
    try {
      await startImage(await startSession(opened), image);
      await clock.sleep(3000);
      if (!left) await opened.device.reset();
    } catch (thrown) {
      if (!left || !isKind(thrown, "disconnected")) error = thrown;
    }
    return { left, error, selected };
  });
}

const image = sampleImage(20_000);
const harmless = (selected: ReadonlySet<number>) =>
  assert.deepEqual([...selected].filter((id) => id !== 0x01 && id !== 0xF1 && id !== 0), []);

for (const [name, values] of Object.entries(romSwitches)) {
  for (const value of values) {
    Deno.test(`the client works with ${name} = ${value}`, async () => {
      for (const leaves of romSwitches.leaves) {
        const { left, error, selected } = await start(
          { detach: "acknowledged", leaves, [name]: value },
          image,
        );
        assert.equal(error, undefined);
        assert.ok(left instanceof Uint8Array);
        assert.deepEqual(left, image);
        harmless(selected);
      }
    });
  }
}

Deno.test("property: the client works with any combination, and selects nothing dangerous", async () => {
  const any = fc.record(
    Object.fromEntries(
      Object.entries(romSwitches).map(([name, values]) => [name, fc.constantFrom(...values)]),
    ),
  ) as fc.Arbitrary<RomSwitches>;
  await fc.assert(
    fc.asyncProperty(any, async (switches) => {
      const { left, error, selected } = await start(switches, image);
      assert.equal(error, undefined);
      assert.deepEqual(left, image);
      harmless(selected);
    }),
    { numRuns: 60 },
  );
});

Deno.test("an image that the ROM refuses never starts: dfuERROR is reported, or the ROM returns", async () => {
  const bad = image.slice();
  bad[9000] ^= 1;
  const reported = await start({ badImage: "error" }, bad);
  assert.ok(isKind(reported.error, "device-status"));
  assert.match(String(reported.error), /errFIRMWARE/);
  assert.equal(reported.left, undefined);
  const restarted = await start({ badImage: "restarts" }, bad);
  assert.equal(restarted.left, "rom");
});

for (const busReset of romSwitches.busReset) {
  Deno.test(`a download that a bus reset ended leaves nothing, if the reset ${busReset}`, async () => {
    const { left, error } = await start({ busReset }, image, async (opened) => {
      const session = await startSession(opened);
      const send = { what: "take a part of the image", deadline: () => 1000 };
      await session.download(PhaseId.FSBL, image.subarray(0, 3000), send);
      await opened.device.reset();
      await opened.device.claim(0);
    });
    assert.equal(error, undefined);
    assert.deepEqual(left, image);
  });
}
