import assert from "node:assert/strict";
import { isKind } from "../../../common/errors.ts";
import { readString } from "../../../transport/usb/strings.ts";
import { DfuRequest, TO_DEVICE, TO_HOST } from "../packets/request.ts";
import {
  never,
  pattern,
  type RomRig,
  withRom,
} from "../../../../tests/support/protocols/dfu_rig.ts";
import { AddressCommand } from "../packets/dfuse_command.ts";
import { StatusRecord } from "../packets/status_record.ts";

const transfer = { timeoutMs: 20_000, signal: never };
const stalled = (error: unknown) => isKind(error, "stalled");
const toHex = (bytes: Uint8Array) =>
  [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");

/** Raw requests, as a careless host sends them. */
function raw({ device }: RomRig) {
  const out = (bRequest: number, wValue = 0, data: readonly number[] | Uint8Array = []) =>
    device.controlOut(
      { bmRequestType: TO_DEVICE, bRequest, wValue, wIndex: 0 },
      Uint8Array.from(data),
      transfer,
    );
  const read = (bRequest: number, wValue: number, length: number) =>
    device.controlIn({ bmRequestType: TO_HOST, bRequest, wValue, wIndex: 0 }, length, transfer);
  return {
    dnload: (wValue: number, data: readonly number[] | Uint8Array) =>
      out(DfuRequest.DNLOAD, wValue, data),
    upload: (wValue: number, length: number) => read(DfuRequest.UPLOAD, wValue, length),
    abort: () => out(DfuRequest.ABORT),
    clearStatus: () => out(DfuRequest.CLRSTATUS),
    detach: () => out(DfuRequest.DETACH, 1000),
    /** bStatus, bwPollTimeout, bState. */
    status: async () => {
      const answer = StatusRecord.decode(await read(DfuRequest.GETSTATUS, 0, 6));
      return [answer.bStatus, answer.bwPollTimeout, answer.bState];
    },
    state: async () => (await read(DfuRequest.GETSTATE, 0, 1))[0],
  };
}

const setAddress = (address: number) => command(0x21, address);
const erase = (address: number) => command(0x41, address);
function command(code: number, address: number): Uint8Array {
  return AddressCommand.encode({ code, address });
}

async function claimed(rig: RomRig) {
  await rig.device.claim(0);
  return raw(rig);
}

Deno.test("the F427 ROM sends the descriptors of a real F4 (dfu-dfuse.md F1)", () =>
  withRom("STM32F427", {}, async ({ model, device }) => {
    assert.equal(
      toHex(model.deviceDescriptor),
      "12 01 00 01 00 00 00 40 83 04 11 df 00 22 01 02 03 01",
    );
    assert.equal(
      toHex(model.configurations[0]),
      "09 02 36 00 01 01 00 c0 32 09 04 00 00 00 fe 01 02 04 09 04 00 01 00 fe 01 02 05 " +
        "09 04 00 02 00 fe 01 02 06 09 04 00 03 00 fe 01 02 07 09 21 0b ff 00 00 08 1a 01",
    );
    assert.equal(await readString(device, 1, transfer), "STMicroelectronics");
    assert.equal(await readString(device, 2, transfer), "STM32  BOOTLOADER");
    assert.match((await readString(device, 3, transfer))!, /^[0-9A-F]{12}$/);
    const setup = { bmRequestType: 0x80, bRequest: 6, wValue: 0x0304, wIndex: 0x0409 };
    const layout = await device.controlIn(setup, 255, transfer);
    assert.equal(layout[0], 168, "the length byte of a real F427");
    assert.equal(layout.length, 166, "what it really sends");
    assert.match(
      (await readString(device, 4, transfer))!,
      /^@Internal Flash {2}\/0x0800.*07\*128Kg$/,
    );
  }));

Deno.test("the H743 ROM differs: two alternates, 1024 bytes, a serial that tells the revision", () =>
  // real-devices.md 1.5
  withRom("STM32H743", { revision: "Y" }, async ({ model, device }) => {
    assert.equal(
      toHex(model.deviceDescriptor),
      "12 01 00 02 00 00 00 40 83 04 11 df 00 02 01 02 03 01",
    );
    assert.equal(
      toHex(model.configurations[0]),
      "09 02 24 00 01 01 02 c0 32 09 04 00 00 00 fe 01 02 06 09 04 00 01 00 fe 01 02 07 " +
        "09 21 0b ff 00 00 04 1a 01",
    );
    assert.equal(await readString(device, 2, transfer), "DFU in FS Mode");
    assert.equal(await readString(device, 3, transfer), "100364500000");
    assert.equal(await readString(device, 6, transfer), "@Internal Flash   /0x08000000/16*128Kg");
  }));

Deno.test("nothing happens before GETSTATUS, and then it takes its time", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    rig.flash.load(0x08000000, pattern(16));
    await dfu.dnload(0, erase(0x08000000));
    await rig.clock.sleep(1000);
    assert.deepEqual(rig.flash.read(0x08000000, 16), pattern(16));
    const start = rig.clock.now();
    assert.deepEqual(await dfu.status(), [0, 100, 4]);
    assert.equal(rig.clock.now(), start, "answered at once");
    assert.deepEqual(rig.flash.read(0x08000000, 16), pattern(16));
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    assert.equal(rig.clock.now() - start, 250, "held until done");
    assert.ok(rig.flash.isBlank(0x08000000, 16));
    assert.equal(rig.model.busyMs, 250);
  }));

Deno.test("the H743 erases before it answers the first GETSTATUS", () =>
  withRom("STM32H743", {}, async (rig) => {
    const dfu = await claimed(rig);
    await dfu.dnload(0, erase(0x08000000));
    const start = rig.clock.now();
    assert.deepEqual(await dfu.status(), [0, 1000, 4]);
    assert.equal(rig.clock.now() - start, 900);
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    assert.equal(rig.clock.now() - start, 900);
  }));

Deno.test("a host that cancels does not stop the erase", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    await dfu.dnload(0, erase(0x08000000));
    await dfu.status();
    const setup = { bmRequestType: TO_HOST, bRequest: DfuRequest.GETSTATUS, wValue: 0, wIndex: 0 };
    await assert.rejects(
      rig.device.controlIn(setup, 6, { timeoutMs: 50, signal: never }),
      (error) => isKind(error, "timeout"),
    );
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    assert.equal(rig.clock.elapsed, 250);
    assert.equal(rig.flash.sectorAt(0x08000000).erases, 1);
  }));

Deno.test("a power loss during an erase leaves half a sector", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    rig.flash.load(0x08000000, pattern(16_384));
    await dfu.dnload(0, erase(0x08000000));
    await dfu.status();
    await rig.clock.sleep(125);
    rig.socket.detach();
    assert.ok(rig.flash.isBlank(0x08000000, 8192));
    assert.deepEqual(rig.flash.read(0x08002000, 8192), pattern(16_384).subarray(8192));
    assert.equal(rig.model.busyMs, 125);
  }));

Deno.test("F0 and L4 stall while busy", () =>
  withRom("STM32F427", { traps: { stallsWhileBusy: true } }, async (rig) => {
    const dfu = await claimed(rig);
    await dfu.dnload(0, erase(0x08000000));
    assert.deepEqual(await dfu.status(), [0, 100, 4]);
    await assert.rejects(dfu.status(), stalled);
    await rig.clock.sleep(250);
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
  }));

Deno.test("the CLRSTATUS trap (dfu-dfuse.md B3)", () =>
  withRom("STM32F427", { traps: { freshError: true } }, async (rig) => {
    const dfu = await claimed(rig);
    assert.deepEqual(await dfu.status(), [10, 0, 10]);
    await assert.rejects(dfu.dnload(0, setAddress(0x08000000)), stalled);
    await assert.rejects(dfu.upload(2, 16), stalled);
    await dfu.clearStatus();
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    await dfu.clearStatus();
    assert.deepEqual(await dfu.status(), [14, 0, 10]);
    await dfu.clearStatus();
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
  }));

Deno.test("some ROMs stall CLRSTATUS outside dfuERROR", () =>
  withRom("STM32F427", { traps: { clrStatusStalls: true } }, async (rig) => {
    const dfu = await claimed(rig);
    await assert.rejects(dfu.clearStatus(), stalled);
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
  }));

Deno.test("which state accepts which request (dfu-dfuse.md F4)", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    await dfu.dnload(0, setAddress(0x08000000));
    assert.equal(await dfu.state(), 3);
    await assert.rejects(dfu.dnload(0, setAddress(0x08000000)), stalled);
    await dfu.abort();
    assert.equal(await dfu.state(), 2, "the command is forgotten");
    await dfu.dnload(0, setAddress(0x08004000));
    await dfu.status();
    await dfu.status();
    assert.equal(await dfu.state(), 5);
    await assert.rejects(dfu.upload(2, 16), stalled, "UPLOAD needs ABORT first");
    await dfu.abort();
    assert.equal((await dfu.upload(2, 16)).length, 16);
    assert.equal(await dfu.state(), 9);
    await assert.rejects(dfu.dnload(0, setAddress(0x08000000)), stalled);
    await dfu.abort();
    assert.deepEqual([...await dfu.upload(0, 64)], [0, 0x21, 0x41, 0x92]);
    await assert.rejects(dfu.upload(1, 16), stalled);
    assert.equal(await dfu.state(), 15);
    await dfu.abort();
    assert.equal(await dfu.state(), 15, "ABORT is ignored there");
    await dfu.clearStatus();
    await dfu.clearStatus();
    assert.equal(await dfu.state(), 2);
    await assert.rejects(dfu.dnload(1, [1]), stalled);
  }));

Deno.test("UPLOAD returns at most wTransferSize bytes, by block number", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    rig.flash.load(0x08000000, pattern(8192));
    assert.deepEqual(await dfu.upload(2, 4096), pattern(8192).subarray(0, 2048));
    assert.deepEqual(await dfu.upload(4, 16), pattern(8192).subarray(4096, 4112));
  }));

Deno.test("addresses outside the ROM's ranges are errTARGET, wrong commands errSTALLEDPKT", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    const outcome = async (data: Uint8Array | readonly number[]) => {
      await dfu.dnload(0, data);
      assert.equal((await dfu.status())[2], 4);
      const [status, , state] = await dfu.status();
      if (state === 10) await dfu.clearStatus();
      return [status, state];
    };
    assert.deepEqual(await outcome(setAddress(0x90000000)), [1, 10]);
    assert.deepEqual(await outcome(setAddress(0x20000000)), [0, 5]);
    assert.deepEqual(await outcome(setAddress(0x1fffc000)), [0, 5]);
    assert.deepEqual(await outcome(erase(0x20000000)), [1, 10]);
    assert.deepEqual(await outcome([0x55]), [15, 10]);
    assert.deepEqual(await outcome([0x21, 0, 0]), [15, 10]);
    assert.equal(rig.flash.counters.erases, 0);
  }));

Deno.test("read protection refuses erase, write and upload with errVENDOR", () =>
  withRom("STM32F427", { traps: { readProtection: "errVENDOR" } }, async (rig) => {
    const dfu = await claimed(rig);
    for (const data of [erase(0x08000000), [0x41]]) {
      await dfu.dnload(0, data);
      await dfu.status();
      assert.deepEqual(await dfu.status(), [11, 0, 10]);
      await dfu.clearStatus();
    }
    await dfu.dnload(2, pattern(16));
    await dfu.status();
    assert.deepEqual(await dfu.status(), [11, 0, 10]);
    await dfu.clearStatus();
    await assert.rejects(dfu.upload(2, 16), stalled);
    assert.deepEqual(await dfu.status(), [11, 0, 10]);
    assert.ok(rig.flash.isBlank(0x08000000, 16));
  }));

Deno.test("a write-protected sector reports nothing, and nothing happens", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    rig.flash.load(0x08000000, pattern(64));
    rig.flash.protect(0x08000000, 1);
    await dfu.dnload(0, erase(0x08000000));
    await dfu.status();
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    await dfu.dnload(2, new Uint8Array(64));
    await dfu.status();
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    assert.deepEqual(rig.flash.read(0x08000000, 64), pattern(64));
  }));

Deno.test("the second MiB of an F427 is announced but does not exist", async () => {
  const write = async (rig: RomRig) => {
    const dfu = await claimed(rig);
    await dfu.dnload(0, setAddress(0x08100000));
    await dfu.status();
    await dfu.status();
    await dfu.dnload(2, new Uint8Array(64));
    await dfu.status();
    return await dfu.status();
  };
  await withRom("STM32F427", {}, async (rig) => {
    assert.deepEqual(await write(rig), [0, 0, 5], "the write vanishes");
    const dfu = raw(rig);
    await dfu.abort();
    assert.deepEqual([...await dfu.upload(2, 4)], [255, 255, 255, 255]);
  });
  await withRom("STM32F427", { traps: { absentFails: true } }, async (rig) => {
    assert.deepEqual(await write(rig), [1, 0, 10]);
  });
});

Deno.test("after a short block, the ROM programs what its buffer still contained", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    await dfu.dnload(2, new Uint8Array(8).fill(0x11));
    await dfu.status();
    await dfu.status();
    await dfu.dnload(3, [0x22]);
    await dfu.status();
    await dfu.status();
    assert.deepEqual([...rig.flash.read(0x08000800, 8)], [
      0x22,
      0x11,
      0x11,
      0x11,
      255,
      255,
      255,
      255,
    ]);
  }));

Deno.test("an H743 flash word accepts a second write only if it is the same", () =>
  withRom("STM32H743", {}, async (rig) => {
    const dfu = await claimed(rig);
    const write = async (byte: number) => {
      await dfu.dnload(2, new Uint8Array(32).fill(byte));
      await dfu.status();
      return (await dfu.status())[0];
    };
    assert.equal(await write(0x5a), 0);
    assert.equal(await write(0x5a), 0);
    assert.equal(await write(0x0a), 3);
  }));

Deno.test("H743 revision V never finishes an erase above 1 MiB; two CLRSTATUS end it", () =>
  withRom("STM32H743", {}, async (rig) => {
    const dfu = await claimed(rig);
    rig.flash.load(0x08100000, pattern(64));
    await dfu.dnload(0, erase(0x08100000));
    for (let i = 0; i < 5; i++) {
      assert.deepEqual(await dfu.status(), [0, 1000, 4]);
      await rig.clock.sleep(1000);
    }
    await dfu.abort();
    assert.equal(await dfu.state(), 4);
    await dfu.clearStatus();
    assert.deepEqual(await dfu.status(), [14, 0, 10]);
    await dfu.clearStatus();
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    assert.ok(rig.flash.isBlank(0x08100000, 64));
  }));

Deno.test("leave answers dfuMANIFEST and disconnects", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    await dfu.dnload(0, []);
    assert.deepEqual(await dfu.status(), [0, 1, 7]);
    await rig.clock.sleep(2);
    await assert.rejects(dfu.status(), (error) => isKind(error, "disconnected"));
  }));

Deno.test("DETACH, option bytes and read unprotect restart the chip; forbiddenOperations are recorded", async () => {
  const attempt = async (act: (dfu: ReturnType<typeof raw>) => Promise<void>) =>
    await withRom("STM32F427", {}, async (rig) => {
      const dfu = await claimed(rig);
      rig.flash.load(0x08000000, pattern(64));
      await act(dfu);
      await rig.clock.sleep(20_000);
      await assert.rejects(dfu.status(), (error) => isKind(error, "disconnected"));
      return {
        forbiddenOperations: rig.model.forbiddenOperations,
        blank: rig.flash.isBlank(0x08000000, 64),
      };
    });
  assert.deepEqual(await attempt((dfu) => dfu.detach()), { forbiddenOperations: [], blank: false });
  const option = await attempt(async (dfu) => {
    await dfu.dnload(0, setAddress(0x1fffc000));
    await dfu.status();
    await dfu.status();
    await dfu.dnload(2, pattern(16));
    await dfu.status();
  });
  assert.deepEqual(option, { forbiddenOperations: ["option written at 0x1FFFC000"], blank: false });
  const unprotect = await attempt(async (dfu) => {
    await dfu.dnload(0, [0x92]);
    await dfu.status();
  });
  assert.deepEqual(unprotect, { forbiddenOperations: ["read unprotect"], blank: true });
});

Deno.test("mass erase and OTP writes are possible for other tools, and recorded", () =>
  withRom("STM32F427", {}, async (rig) => {
    const dfu = await claimed(rig);
    await dfu.dnload(0, [0x41]);
    await dfu.status();
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    assert.equal(rig.clock.elapsed, 4 * 250 + 550 + 7 * 1000);
    await dfu.dnload(0, setAddress(0x1fff7800));
    await dfu.status();
    await dfu.status();
    await dfu.dnload(2, pattern(16));
    await dfu.status();
    await dfu.status();
    assert.deepEqual(rig.model.forbiddenOperations, ["mass erase", "otp written at 0x1FFF7800"]);
  }));
