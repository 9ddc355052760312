import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import type { Expectation, SessionKind } from "../../core/device/camera_access.ts";
import type { DetectedDevice, Mode } from "../../core/device/detected_device.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { openBootloaderStage, romStage, waitForOpenBootloader } from "./stages.ts";

/** From the ROM to OpenBootloader, both 0483:df11 (stm32n6-serial-boot.md B.3, B.4 step 7). */

const device = (mode: Mode, bus: number, address: number) =>
  ({ mode, seen: { usb: { bus, address, portPath: "1-1" } } }) as unknown as DetectedDevice;
const rom = device("rom", 1, 5), openBootloader = device("flashloader", 1, 6);

interface Bus {
  readonly waitGone?: ErrorKind;
  readonly reset?: ErrorKind;
  readonly next?: DetectedDevice;
}

/** Waits; returns also what was asked of the context, in order. */
function waited({ waitGone, reset, next = openBootloader }: Bus) {
  const asked: string[] = [];
  let expected: Expectation | undefined;
  const fail = (kind?: ErrorKind) => {
    if (kind) throw new UnbrickError(kind, "Told by the test.");
  };
  const context = {
    waitGone: async (one: DetectedDevice, ms: number) => {
      assert.equal(one, rom);
      asked.push(`gone ${ms}`);
      fail(waitGone);
    },
    note: (text: unknown) => asked.push(`note ${text}`),
    use: async ({ modes, start }: SessionKind<unknown>, work: (session: unknown) => unknown) => {
      asked.push(`use ${modes}`);
      const usb = { reset: async () => void asked.push("reset") };
      await work(await start(usb as never, rom, context));
      fail(reset);
    },
    waitFor: async (one: Expectation) => {
      asked.push(`for ${one.modes} ${one.deadlineMs}`);
      expected = one;
      return next;
    },
  } as unknown as StepContext;
  return { asked, work: waitForOpenBootloader(context, rom), expected: () => expected! };
}

const APPEARS = "for rom,flashloader 10000";
const resets = [
  "gone 3000",
  "note The ROM did not disconnect by itself, so unbrick resets its port.",
  "use rom",
  "reset",
];

Deno.test("a ROM that leaves is left alone; one that stays gets one port reset", async () => {
  const leaves = waited({});
  assert.equal(await leaves.work, openBootloader);
  assert.deepEqual(leaves.asked, ["gone 3000", APPEARS]);
  for (const reset of [undefined, "disconnected"] as const) {
    const stays = waited({ waitGone: "timeout", ...(reset && { reset }) });
    assert.equal(await stays.work, openBootloader);
    assert.deepEqual(stays.asked, [...resets, APPEARS]);
  }
});

Deno.test("what else goes wrong ends the wait", async () => {
  const gone = waited({ waitGone: "cancelled" });
  await errorOf(gone.work, "cancelled");
  assert.deepEqual(gone.asked, ["gone 3000"]);
  const reset = waited({ waitGone: "timeout", reset: "permission" });
  await errorOf(reset.work, "permission");
  assert.deepEqual(reset.asked, resets);
});

Deno.test("OpenBootloader is accepted, and any ROM but the one that was there; that is an error", async () => {
  const { work, expected } = waited({ next: device("rom", 1, 6) });
  const { kind, data } = await errorOf(work);
  assert.deepEqual([kind, data], ["device-status", { port: "1-1" }]);
  const accepts = (...one: Parameters<typeof device>) => expected().accept!(device(...one));
  assert.equal(accepts("rom", 1, 5), false);
  assert.equal(accepts("flashloader", 1, 5), true);
  for (const [bus, address] of [[1, 6], [2, 5]]) assert.equal(accepts("rom", bus, address), true);
});

Deno.test("each stage is for one mode", () => {
  assert.deepEqual([romStage.modes, openBootloaderStage.modes], [["rom"], ["flashloader"]]);
  assert.deepEqual([romStage.name, openBootloaderStage.name].map(String), [
    ...["its ROM bootloader", "OpenBootloader"],
  ]);
});
