import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import type { UsbDeviceInfo } from "../../../transport/usb/device.ts";
import { parseConfiguration } from "../../../transport/usb/descriptors.ts";
import { programFlash } from "./open_bootloader_client.ts";
import { startImage } from "./rom_client.ts";
import { SerialBootSession } from "./session.ts";

/** Every request as stm32n6-serial-boot.md B.1, B.2 and B.4 to B.7 have it, without a model. */

const GETSTATUS = "a1 03 00 00 00 00 IN 6", GETSTATE = "a1 05 00 00 00 00 IN 1";
const ABORT = "21 06 00 00 00 00", GET_PHASE = "a1 02 00 00 00 00 IN 512";
/** GETSTATUS: status, poll time, state, string. */
const status = (state: string, poll = "00") => `00 ${poll} 00 00 ${state} 00`;
const IDLE = status("02"), BUSY = status("04"), DOWNLOADED = status("05");
const MANIFEST = status("07", "01");

/** A configuration with one DFU interface in `count` alternate settings (B.5). */
function configuration(count: number): Uint8Array {
  const alternates = Array.from(
    { length: count },
    (_, at) => [9, 4, 0, at, 0, 0xFE, 1, 2, 6 + at],
  ).flat();
  const total = 9 + alternates.length + 9;
  return Uint8Array.of(
    ...[9, 2, total, 0, 1, 1, 2, 0xC0, 0x32],
    ...alternates,
    ...[9, 0x21, 0x0F, 0xFF, 0, 0, 4, 0x10, 1],
  );
}

async function sent(
  names: readonly string[],
  replies: readonly string[],
  work: (session: SerialBootSession) => Promise<unknown>,
): Promise<string[]> {
  const clock = new VirtualClock();
  const configurations = [parseConfiguration(configuration(names.length))!];
  const device = new ScriptedDevice(
    { configurations } as Partial<UsbDeviceInfo>,
    ["02", IDLE, ...replies],
  );
  const { signal } = new AbortController();
  await clock.run(async () => {
    const session = await SerialBootSession.start({
      ...{ device, clock, signal, blockSize: 4 },
      names: new Map(names.map((name, at) => [at, name])),
    });
    await work(session);
  });
  assert.equal(device.left, 0);
  // The beginning makes the device forget an earlier session (B.6).
  assert.deepEqual(device.sent.slice(0, 3), [GETSTATE, GETSTATUS, ABORT]);
  return device.sent.slice(3);
}

Deno.test("ROM of the N6: the first stage goes to phase 1, and DETACH starts it", async () => {
  const phase = "01 ff ff ff ff 00 00 00 00";
  const detachNow = "00 ff ff ff ff 00 00 00 00 01";
  // The order of the ROM's alternate settings is not documented: here the first stage is number 1.
  const packets = await sent(
    ["@virtual /0xF1/1*512Be", "@FSBL /0x01/1*512Ke"],
    [
      ...[phase, "02", IDLE],
      ...[BUSY, DOWNLOADED, BUSY, DOWNLOADED],
      ...[MANIFEST, IDLE],
      ...[detachNow, "02", IDLE],
    ],
    (session) => startImage(session, Uint8Array.of(1, 2, 3, 4, 5, 6)),
  );
  assert.deepEqual(packets, [
    ...["SET_INTERFACE 0 0", GET_PHASE, GETSTATE, GETSTATUS],
    "SET_INTERFACE 0 1",
    ...["21 01 00 00 00 00 01 02 03 04", GETSTATUS, GETSTATUS],
    ...["21 01 01 00 00 00 05 06", GETSTATUS, GETSTATUS],
    ...["21 01 02 00 00 00", GETSTATUS, GETSTATUS],
    ...["SET_INTERFACE 0 0", GET_PHASE, GETSTATE, GETSTATUS],
    "21 00 e8 03 00 00",
  ]);
});

const openBootloader = [
  "@Flashlayout /0x00/1*1Ke",
  "@FSBL-EXT /0x03/1*32Ke",
  "@FSBL-APP /0x04/1*128Me",
  "@virtual /0xF1/1*512Be",
  "@OTP /0xF2/1*752Be",
];

Deno.test("OpenBootloader of the N6: layout, loader and image, each when it is asked for", async () => {
  /** OpenBootloader answers all 512 bytes, and stays in dfuUPLOAD-IDLE. */
  const phase = (head: string) => [`${head} ${"5a ".repeat(512 - 5)}`, "09", "02", IDLE];
  const layout = "00 00 fc 1f 34", loader = "03 00 00 00 38", image = "04 00 00 00 70";
  const written = [BUSY, DOWNLOADED, MANIFEST, IDLE];
  const packets = await sent(
    openBootloader,
    [
      ...[...phase(layout), ...written, ...phase(layout)],
      ...[...phase(loader), ...written, ...phase(loader)],
      ...[...phase(image), BUSY, DOWNLOADED, ...written, ...phase(image)],
      ...phase("fe ff ff ff ff"),
    ],
    (session) =>
      programFlash(session, {
        layout: Uint8Array.of(0x10, 0x11, 0x12),
        loader: Uint8Array.of(0x20, 0x21, 0x22, 0x23),
        parts: [{ id: 4, offset: 0, bytes: Uint8Array.of(0x30, 0x31, 0x32, 0x33, 0x34) }],
      }),
  );
  // Exactly one UPLOAD for each phase, only on the alternate setting 3, and never the fuses' (B.6).
  const ask = ["SET_INTERFACE 0 3", GET_PHASE, GETSTATE, ABORT, GETSTATE, GETSTATUS];
  const done = [GETSTATUS, GETSTATUS];
  assert.deepEqual(packets, [
    ...[...ask, "SET_INTERFACE 0 0", "21 01 00 00 00 00 10 11 12", ...done],
    ...["21 01 01 00 00 00", ...done, ...ask],
    ...[...ask, "SET_INTERFACE 0 1", "21 01 00 00 00 00 20 21 22 23", ...done],
    ...["21 01 01 00 00 00", ...done, ...ask],
    ...[...ask, "SET_INTERFACE 0 2", "21 01 00 00 00 00 30 31 32 33", ...done],
    ...["21 01 01 00 00 00 34", ...done],
    ...["21 01 02 00 00 00", ...done, ...ask],
    ...ask,
  ]);
});
