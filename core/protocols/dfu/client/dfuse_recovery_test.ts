import assert from "node:assert/strict";
import { DfuRequest } from "../packets/request.ts";
import {
  assertKind,
  BASE,
  image,
  restore,
  restored,
  run,
  statusOf,
} from "../../../../tests/support/protocols/dfu_fault_rig.ts";
import {
  type Intercept,
  never,
  pattern,
  withRom,
} from "../../../../tests/support/protocols/dfu_rig.ts";

/**
 * The start of a session with a device that is not in dfuIDLE, or has an error (dfu-dfuse.md B3,
 * F6).
 */

const { DNLOAD, UPLOAD, GETSTATUS } = DfuRequest;

Deno.test("whatever state an ended session left, the device is recovered", async () => {
  const { dnload, status, upload } = {
    dnload: (data: number[]) => ({ bmRequestType: 0x21, bRequest: DNLOAD, wValue: 0, data }),
    status: { bmRequestType: 0xa1, bRequest: GETSTATUS, wValue: 0, data: 6 },
    upload: { bmRequestType: 0xa1, bRequest: UPLOAD, wValue: 2, data: 64 },
  };
  const address = dnload([0x21, 0, 0, 0, 8]), erase = dnload([0x41, 0, 0, 0, 8]);
  const sessions: Record<number, { data: number | number[]; bRequest: number }[]> = {
    3: [erase],
    4: [erase, status],
    5: [address, status, status],
    6: [dnload([])],
    9: [upload],
    10: [dnload([0x55]), status, status],
  };
  const runs = [...Object.entries(sessions).map((one) => [...one, false] as const)];
  for (const [state, session, stallsWhileBusy] of [...runs, ["4", sessions[4], true] as const]) {
    await withRom("STM32F427", { traps: { stallsWhileBusy } }, async (rig) => {
      await rig.device.claim(0);
      rig.flash.load(BASE, pattern(64));
      const transfer = { timeoutMs: 5000, signal: never };
      for (const { data, ...rest } of session) {
        const setup = { bmRequestType: 0xa1, wValue: 0, wIndex: 0, ...rest };
        if (typeof data === "number") await rig.device.controlIn(setup, data, transfer);
        else await rig.device.controlOut(setup, Uint8Array.from(data), transfer);
      }
      assert.equal(rig.model.state, Number(state));
      const client = await rig.open();
      assert.equal(rig.model.state, 2);
      // What an ended session had stored is not carried out.
      if (state === "3") assert.deepEqual(rig.flash.read(BASE, 64), pattern(64));
      await client.writeRange(BASE, image, run);
      await client.verifyRange(BASE, image, run);
    });
  }
});

Deno.test("CLRSTATUS is never sent outside dfuERROR, and a stall of it does no harm", async () => {
  for (const clrStatusStalls of [false, true]) {
    const rig = await restored("STM32F427", { traps: { clrStatusStalls, freshError: true } });
    assert.equal(rig.log.filter((line) => line === "CLRSTATUS").length, 1);
  }
});

Deno.test("a device in an unknown state is refused, not reset without end", async () => {
  for (const state of [0, 8, 15]) {
    const intercept: Intercept = async (setup, next) => {
      if (setup.bRequest === GETSTATUS) return statusOf(0, state);
      if (setup.bRequest === DfuRequest.GETSTATE) return Uint8Array.of(state);
      return await next();
    };
    const { error, log } = await restore("STM32F427", { intercept });
    assertKind(error, "protocol");
    assert.ok(log.length < 10);
  }
});

Deno.test("the client gives up on a device that stays in dfuERROR", async () => {
  const { error, log } = await restore("STM32F427", {
    intercept: async (setup, next) =>
      setup.bRequest === GETSTATUS ? statusOf(14, 10) : await next(),
  });
  assertKind(error, "protocol");
  assert.ok(log.length < 30);
});

Deno.test("a transfer size of 0 is an error, before any request", async () => {
  await withRom("STM32F427", {}, async (rig) => {
    const [configuration] = rig.device.info.configurations;
    const interfaces = configuration.interfaces.map((setting) => ({
      ...setting,
      extra: setting.extra.map((byte, i) => i === 5 || i === 6 ? 0 : byte),
    }));
    const info = { ...rig.device.info, configurations: [{ ...configuration, interfaces }] };
    const device = new Proxy(rig.device, {
      get: (target, key) => key === "info" ? info : Reflect.get(target, key).bind(target),
    });
    const error = await rig.open({ device }).catch((error: unknown) => error);
    assertKind(error, "protocol");
    assert.deepEqual(rig.log, []);
  });
});
