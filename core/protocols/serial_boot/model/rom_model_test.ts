import assert from "node:assert/strict";
import { errorOf } from "../../../../tests/support/expected_error.ts";
import {
  openOn,
  sampleImage,
  SERIAL,
} from "../../../../tests/support/protocols/serial_boot_rig.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { VirtualBus } from "../../../transport/usb/virtual_bus.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import { Stm32n6Rom } from "./rom_model.ts";
import type { RomSwitches } from "./rom_switches.ts";

/** The ROM byte by byte, without the client (stm32n6-serial-boot.md E, F.1). */

const DNLOAD = 1, UPLOAD = 2, GETSTATUS = 3, CLRSTATUS = 4, GETSTATE = 5, ABORT = 6, DETACH = 0;
const IDLE = 2, DNLOAD_IDLE = 5, MANIFEST = 7, UPLOAD_IDLE = 9, ERROR = 10;
const signal = new AbortController().signal;

class Rig {
  readonly left: (Uint8Array | undefined)[] = [];
  device!: UsbDevice;
  clock!: VirtualClock;

  out(
    bRequest: number,
    wValue = 0,
    data: Uint8Array = new Uint8Array(),
    timeoutMs = 1_000,
  ): Promise<void> {
    const setup = { bmRequestType: 0x21, bRequest, wValue, wIndex: 0 };
    return this.device.controlOut(setup, data, { timeoutMs, signal });
  }

  async in(bRequest: number, length: number): Promise<number[]> {
    const setup = { bmRequestType: 0xA1, bRequest, wValue: 0, wIndex: 0 };
    return [...await this.device.controlIn(setup, length, { timeoutMs: 1_000, signal })];
  }

  async state(): Promise<number> {
    return (await this.in(GETSTATE, 1))[0];
  }

  async status(): Promise<{ status: number; pollMs: number; state: number }> {
    const [status, low, middle, high, state] = await this.in(GETSTATUS, 6);
    return { status, pollMs: low | middle << 8 | high << 16, state };
  }

  async block(bytes: Uint8Array, number = 0): Promise<number> {
    await this.out(DNLOAD, number, bytes);
    return (await this.status()).state;
  }

  async download(image: Uint8Array): Promise<void> {
    for (let at = 0; at < image.length; at += 1024) {
      assert.equal(await this.block(image.subarray(at, at + 1024), at / 1024), DNLOAD_IDLE);
    }
    await this.out(DNLOAD);
  }
}

async function withRom(switches: Partial<RomSwitches>, work: (rig: Rig) => Promise<void>) {
  const clock = new VirtualClock();
  const bus = new VirtualBus();
  const rig = new Rig();
  await clock.run(async () => {
    const model = new Stm32n6Rom({
      clock,
      serial: SERIAL,
      switches,
      leave: (image) => rig.left.push(image),
    });
    bus.socket("1-1").attach(model);
    rig.device = (await openOn(bus, clock)).device;
    rig.clock = clock;
    await work(rig);
  });
}

const image = sampleImage(3_000);
const stalls = (work: Promise<unknown>) => errorOf(work, "stalled");

Deno.test("an image is downloaded, checked, and started by DETACH", () =>
  withRom({ detach: "acknowledged" }, async (rig) => {
    assert.equal(await rig.state(), IDLE);
    await rig.download(image);
    assert.deepEqual(await rig.status(), { status: 0, pollMs: 1, state: MANIFEST });
    assert.deepEqual(await rig.status(), { status: 0, pollMs: 0, state: IDLE });
    assert.deepEqual(rig.left, []);
    await rig.out(DETACH);
    assert.deepEqual(rig.left, []);
    await rig.clock.sleep(5);
    assert.deepEqual(rig.left, [image]);
  }));

Deno.test("DETACH before an image does nothing", () =>
  withRom({}, async (rig) => {
    await rig.out(DETACH);
    await rig.clock.sleep(100);
    assert.deepEqual(rig.left, []);
  }));

Deno.test("each way of answering DETACH", async () => {
  const detach = async (switches: Partial<RomSwitches>) => {
    let kind: string | undefined;
    let left: number[] = [];
    await withRom(switches, async (rig) => {
      await rig.download(image);
      await rig.status();
      await rig.status();
      kind = await rig.out(DETACH).then(() => "answered", (error) => error.kind);
      left = [rig.left.length];
      await rig.clock.sleep(100);
      left.push(rig.left.length);
      await rig.device.reset();
      left.push(rig.left.length);
    });
    return [kind, left];
  };
  const soon = { leaves: "at-once" } as const, later = { leaves: "after-reset" } as const;
  assert.deepEqual(await detach({ detach: "drops" }), ["answered", [1, 1, 2]]);
  assert.deepEqual(await detach({ detach: "acknowledged", ...soon }), ["answered", [0, 1, 2]]);
  assert.deepEqual(await detach({ detach: "acknowledged", ...later }), ["answered", [0, 0, 1]]);
  assert.deepEqual(await detach({ detach: "stalls", ...soon }), ["stalled", [0, 1, 2]]);
  assert.deepEqual(await detach({ detach: "stalls", ...later }), ["stalled", [0, 0, 1]]);
  assert.deepEqual(await detach({ detach: "silent", ...later }), ["timeout", [0, 0, 1]]);
});

Deno.test("the end of the download may start the image", async () => {
  for (const start of ["manifest", "manifest-request", "detach"] as const) {
    await withRom({ start }, async (rig) => {
      await rig.download(image);
      assert.equal(rig.left.length, start === "manifest-request" ? 1 : 0);
      await rig.status();
      await rig.status();
      assert.equal(rig.left.length, start === "detach" ? 0 : 1);
    });
  }
});

Deno.test("an image that is damaged is refused, or the ROM restarts", async () => {
  const damaged = image.slice();
  damaged[damaged.length - 1] ^= 1;
  await withRom({ start: "manifest-request" }, async (rig) => {
    await rig.download(damaged);
    await rig.status();
    assert.deepEqual(await rig.status(), { status: 10, pollMs: 0, state: ERROR });
    assert.deepEqual(rig.left, []);
    await rig.out(ABORT);
    assert.equal(await rig.state(), ERROR, "only CLRSTATUS ends an error");
    await stalls(rig.out(DNLOAD, 0, image.subarray(0, 1024)));
    await rig.out(CLRSTATUS);
    assert.deepEqual(await rig.status(), { status: 0, pollMs: 0, state: IDLE });
    await rig.out(CLRSTATUS);
    assert.equal(await rig.state(), ERROR, "there was no error to clear");
  });
  await withRom({ badImage: "restarts" }, async (rig) => {
    await rig.download(damaged);
    await rig.status();
    await rig.status();
    assert.deepEqual(rig.left, [undefined]);
  });
});

Deno.test("what is no download of an FSBL is refused", async () => {
  await withRom({}, async (rig) => {
    await stalls(rig.out(DNLOAD));
    await stalls(rig.out(DNLOAD, 0, new Uint8Array(1025)));
    await stalls(rig.out(9));
    const standard = { bmRequestType: 0xA2, bRequest: GETSTATE, wValue: 0, wIndex: 0 };
    await stalls(rig.device.controlIn(standard, 1, { timeoutMs: 1_000, signal }));
    assert.equal(await rig.block(new Uint8Array(1024)), DNLOAD_IDLE);
    await rig.out(ABORT);
    assert.equal(await rig.state(), IDLE);
    for (let at = 0; at < 512; at++) await rig.block(new Uint8Array(1024), at);
    assert.equal(await rig.state(), DNLOAD_IDLE);
    let last = DNLOAD_IDLE;
    for (let at = 512; at < 1024 && last === DNLOAD_IDLE; at++) {
      last = await rig.block(new Uint8Array(1024), at);
    }
    assert.deepEqual(await rig.status(), { status: 8, pollMs: 0, state: ERROR });
  });
  await withRom({ order: "virtual-first" }, async (rig) => {
    await rig.out(DNLOAD, 0, new Uint8Array(8));
    assert.deepEqual(await rig.status(), { status: 1, pollMs: 0, state: ERROR });
  });
  await withRom({ dfuVersion: 0x011A }, async (rig) => {
    assert.equal(await rig.block(image.subarray(0, 1024), 2), DNLOAD_IDLE);
    await rig.out(DNLOAD, 1, new Uint8Array(8));
    assert.deepEqual(await rig.status(), { status: 1, pollMs: 0, state: ERROR });
  });
});

Deno.test("the phase is told on its own alternate setting, before and after the image", async () => {
  const phase = (switches: Partial<RomSwitches>, work: (rig: Rig) => Promise<void>) =>
    withRom({ order: "virtual-first", ...switches }, work);
  await phase({}, async (rig) => {
    assert.deepEqual(await rig.in(UPLOAD, 64), [1, 255, 255, 255, 255, 0, 0, 0, 0]);
    assert.equal(await rig.state(), IDLE);
    assert.equal((await rig.in(UPLOAD, 9)).length, 9);
    assert.equal(await rig.state(), UPLOAD_IDLE);
    assert.equal((await rig.in(UPLOAD, 64)).length, 9);
    assert.equal((await rig.in(UPLOAD, 4)).length, 4);
    await stalls(rig.out(DNLOAD, 0, new Uint8Array(8)));
  });
  await phase({ phaseLength: "full" }, async (rig) => {
    const answer = await rig.in(UPLOAD, 64);
    assert.deepEqual([answer.length, answer[0], answer[63]], [64, 1, 0x5A]);
  });
  await phase({ phaseBefore: "stalls" }, (rig) => stalls(rig.in(UPLOAD, 64)).then(() => {}));
  await phase(
    { phaseBefore: "silent" },
    (rig) => errorOf(rig.in(UPLOAD, 64), "timeout").then(() => {}),
  );
  await withRom({}, async (rig) => {
    await stalls(rig.in(UPLOAD, 64));
    await rig.download(image);
    await stalls(rig.in(UPLOAD, 64));
    await rig.status();
    await rig.status();
    await rig.device.setAlternate(0, 4);
    const [id, ...rest] = await rig.in(UPLOAD, 64);
    assert.equal(id, 0);
    assert.equal(rest.length, 9, "one more byte: DETACH is due");
  });
});

Deno.test("a bus reset keeps or forgets what was downloaded", async () => {
  for (const busReset of ["keeps-bytes", "forgets"] as const) {
    await withRom({ busReset, start: "manifest" }, async (rig) => {
      assert.equal(await rig.block(image.subarray(0, 1024)), DNLOAD_IDLE);
      await rig.device.reset();
      assert.equal(await rig.state(), IDLE);
      const rest = image.subarray(1024);
      for (let at = 0; at < rest.length; at += 1024) await rig.block(rest.subarray(at, at + 1024));
      await rig.out(DNLOAD);
      await rig.status();
      const { state } = await rig.status();
      assert.equal(state, busReset === "keeps-bytes" ? IDLE : ERROR);
    });
  }
});
