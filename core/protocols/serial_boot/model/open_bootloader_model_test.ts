import assert from "node:assert/strict";
import { DfuRequest } from "../../dfu/packets/request.ts";
import { isKind } from "../../../common/errors.ts";
import { readString } from "../../../transport/usb/strings.ts";
import { isSilent, stalls, wire } from "../../../../tests/support/protocols/serial_boot_wire.ts";
import {
  LAYOUT_TEXT,
  options,
  sampleCode,
  sampleLayout,
  sampleLoader,
  SERIAL,
  withOpenBootloader,
} from "../../../../tests/support/protocols/serial_boot_rig.ts";

Deno.test("descriptors and strings byte by byte (B.5)", () =>
  withOpenBootloader({}, async ({ device, model, names }) => {
    assert.equal(model.deviceDescriptor.toHex(), "12011001000000408304" + "11df00020102" + "0301");
    const [configuration] = model.configurations;
    assert.equal(configuration.length, 0x3F);
    assert.equal(configuration.subarray(0, 9).toHex(), "09023f00010102c032");
    assert.equal(configuration.subarray(27, 36).toHex(), "0904000200fe010208");
    assert.equal(configuration.subarray(54).toHex(), "09210fff0000041001");
    assert.equal(names.get(4), "@OTP /0xF2/1*752Be");
    assert.equal(await readString(device, 3, options), SERIAL);
    assert.equal(await readString(device, 4, options), "DFU Config");
    for (const index of [11, 0xEE]) {
      assert.equal(await readString(device, index, options), undefined);
    }
    const descriptor = (bmRequestType: number, wValue: number) =>
      device.controlIn({ bmRequestType, bRequest: 6, wValue, wIndex: 0 }, 64, options);
    assert.equal((await descriptor(0x80, 0x0600)).toHex(), "0a060002000000400100");
    assert.equal((await descriptor(0x81, 0x2100)).toHex(), "09210fff0000041001");
  }));

Deno.test("the ten steps of the phase table (B.6)", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { phase, send } = wire(device);
    const code = sampleCode(70_000);
    assert.equal(await phase(), "0000fc1f34");
    await send(0, sampleLayout());
    assert.equal(await phase(), "0000fc1f34");
    assert.equal(await phase(), "0300000038");
    await send(1, sampleLoader());
    assert.equal(await phase(), "0300000038");
    assert.equal(await phase(), "0400000070");
    await send(2, code);
    assert.equal(await phase(), "0400000070");
    for (let n = 0; n < 3; n++) assert.equal(await phase(), "feffffffff");
    assert.deepEqual(flash.read(flash.base, code.length), code);
    assert.equal(flash.counters.erases, 2);
  }));

Deno.test("PartitionNum wraps around: after 512 requests, 0x00 is offered again", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { alternate, upload } = wire(device);
    await alternate(3);
    for (let n = 0; n < 512; n++) {
      assert.equal((await upload())[0], n < 2 ? 0x00 : 0xFE, String(n));
    }
    assert.equal((await upload())[0], 0x00);
  }));

Deno.test("every UPLOAD returns wLength bytes, with old data after the ninth, and stays in state 9", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { alternate, send, upload, state, status } = wire(device);
    await send(0, sampleLayout());
    await alternate(3);
    const answer = await upload(1024);
    assert.equal(answer.length, 1024);
    assert.deepEqual(answer.subarray(9, 40), sampleLayout().subarray(9, 40));
    assert.deepEqual(await status(), [9]);
    assert.equal(await state(), 9);
    assert.equal((await upload(0)).length, 0);
    assert.equal(await state(), 2);
  }));

Deno.test("UPLOAD on alternates 0 to 2 changes the phase but not the address", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { alternate, upload, abort, send, prepare, phase } = wire(device);
    await prepare();
    await alternate(1);
    await upload();
    await abort();
    await send(2, sampleCode(1024)); // meant for flash, it goes where phase 3 goes: nowhere
    assert.ok(flash.isBlank(flash.base, 1024));
    assert.equal(await phase(), "0400000070"); // and the machine did not advance
  }));

Deno.test("a download goes to the phase requested last, whatever the alternate", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { prepare, send } = wire(device);
    await prepare();
    await send(0, sampleCode(2048));
    assert.deepEqual(flash.read(flash.base, 2048), sampleCode(2048));
  }));

Deno.test("an UPLOAD on the OTP alternate makes the next download write fuses", () =>
  withOpenBootloader({}, async ({ device, model, flash }) => {
    const { alternate, upload, abort, send, prepare } = wire(device);
    await prepare();
    await alternate(4);
    await upload();
    await abort();
    await send(2, new Uint8Array(2943));
    assert.equal(model.otpBurns, 0);
    await send(2, new Uint8Array(2944));
    assert.equal(model.otpBurns, 1);
    assert.ok(flash.isBlank(flash.base, 4096));
  }));

Deno.test("row 0 is never offered: without the 0x1 row the loader row is lost", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { phase, send } = wire(device);
    await phase();
    const rows = LAYOUT_TEXT.split("\n").slice(1).map((row) => row.replace(/\t\w$/, ""));
    const block = new Uint8Array(256 + rows.join("\n").length);
    block.set(new TextEncoder().encode(rows.join("\n")), 256);
    await send(0, block);
    await phase();
    assert.equal(await phase(), "0400000070");
  }));

/** Returns a layout block with any text. */
function rawLayout(text: string): Uint8Array {
  const bytes = new Uint8Array(256 + text.length);
  bytes.set(new TextEncoder().encode(text), 256);
  return bytes;
}

for (
  const [name, text] of [
    ["a seventh column", "P\t0x1\ta\tBinary\tnone\t0x0\tfile.bin\n"],
    ["a comment line", "P\t0x1\ta\tBinary\tnone\t0x0\n#P\t0x3\ta\tBinary\tnone\t0x0\n"],
  ]
) {
  Deno.test(`${name} makes it hang until power-off`, () =>
    withOpenBootloader({}, async ({ device }) => {
      const { phase, alternate, dnload, status, state } = wire(device);
      await phase();
      await alternate(0);
      await dnload(0, rawLayout(text));
      await isSilent(status());
      await isSilent(state());
      await isSilent(alternate(1));
    }));
}

Deno.test("a rejected layout is reported as OK; only the phase shows it", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { phase, send } = wire(device);
    await phase();
    await send(0, rawLayout("#Opt\tId\tName\tType\tIP\tOffset\tBinary\n"));
    await phase();
    assert.equal(await phase(), "feffffffff");
  }));

Deno.test("a layout of 256 bytes or less is accepted without being parsed", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { send, phase } = wire(device);
    await phase();
    await send(0, new Uint8Array(256));
    await phase();
    assert.equal(await phase(), "feffffffff");
  }));

Deno.test("DFU states: CLRSTATUS outside of 10 makes an error, DNLOAD in 9 stalls, ABORT helps", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { alternate, upload, clear, status, dnload, abort } = wire(device);
    await alternate(3);
    await upload();
    await stalls(dnload(0, sampleLayout()));
    await abort();
    assert.deepEqual(await status(), [2]);
    await clear();
    assert.deepEqual(await status(), [10, 0x0E]);
    await stalls(dnload(0, sampleLayout()));
    await clear();
    assert.deepEqual(await status(), [2]);
  }));

Deno.test("GETSTATE is one step ahead after a 4 and a 7; SET_INTERFACE keeps the state", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { alternate, dnload, status, state } = wire(device);
    await alternate(0);
    await dnload(0, sampleLayout());
    assert.equal(await state(), 3);
    assert.deepEqual(await status(), [4]);
    assert.equal(await state(), 3);
    assert.deepEqual(await status(), [5]);
    await alternate(1);
    assert.equal(await state(), 5);
    await dnload(1, new Uint8Array());
    assert.deepEqual(await status(), [7, "poll", 1]);
    assert.equal(await state(), 6);
    assert.deepEqual(await status(), [2]);
  }));

Deno.test("an UPLOAD between DNLOAD and GETSTATUS silently drops the block", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { prepare, alternate, dnload, upload, status } = wire(device);
    await prepare();
    await alternate(2);
    await dnload(0, sampleCode(1024));
    await stalls(upload());
    assert.deepEqual(await status(), [5]);
    assert.ok(flash.isBlank(flash.base, 1024));
  }));

Deno.test("a DNLOAD of more than 1024 bytes is never accepted", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { alternate, dnload, state } = wire(device);
    await alternate(0);
    await isSilent(dnload(0, new Uint8Array(1025)));
    assert.equal(await state(), 3);
  }));

Deno.test("SET_INTERFACE: low byte only, interfaces 0 and 1, alternate 5 stalls", () =>
  withOpenBootloader({}, async ({ device }) => {
    const select = (wValue: number, wIndex: number) =>
      device.controlOut(
        { bmRequestType: 0x01, bRequest: 11, wValue, wIndex },
        new Uint8Array(),
        options,
      );
    await select(0x0103, 0);
    await stalls(select(5, 0));
    const current = () =>
      device.controlIn({ bmRequestType: 0x81, bRequest: 10, wValue: 0, wIndex: 0 }, 1, options);
    assert.deepEqual([...await current()], [3]);
  }));

Deno.test("a class request to the device is carried out, but without data never acknowledged", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { state } = wire(device);
    const setup = { bmRequestType: 0x20, bRequest: DfuRequest.CLRSTATUS, wValue: 0, wIndex: 0 };
    await isSilent(device.controlOut(setup, new Uint8Array(), options));
    assert.equal(await state(), 10);
    const ask = { bmRequestType: 0xA0, bRequest: DfuRequest.GETSTATE, wValue: 0, wIndex: 0 };
    assert.deepEqual([...await device.controlIn(ask, 1, options)], [10]);
  }));

Deno.test("SET_CONFIGURATION 1 while configured changes nothing; a reset leaves the phases", () =>
  withOpenBootloader({}, async ({ device }) => {
    const { alternate, upload, state, phase } = wire(device);
    await alternate(3);
    await upload();
    const setup = { bmRequestType: 0, bRequest: 9, wValue: 1, wIndex: 0 };
    await device.controlOut(setup, new Uint8Array(), options);
    assert.equal(await state(), 9);
    assert.equal((await upload()).subarray(0, 1).toHex(), "00"); // still alternate 3
    await device.reset();
    await device.claim(0);
    assert.equal(await state(), 2);
    assert.equal(await phase(), "feffffffff");
  }));

Deno.test("DETACH disconnects and reconnects it; the phases stay", () =>
  withOpenBootloader({}, async ({ device, socket, model }) => {
    const { phase, detach } = wire(device);
    await phase();
    await phase();
    const before = socket.attachment;
    await assert.rejects(detach(), (error) => isKind(error, "disconnected"));
    assert.notEqual(socket.attachment, before);
    assert.equal(socket.attachment?.model, model);
    const setup = { bmRequestType: 1, bRequest: 11, wValue: 3, wIndex: 0, wLength: 0 };
    await model.control(setup, new Uint8Array(), new AbortController().signal);
    const upload = { bmRequestType: 0xA1, bRequest: 2, wValue: 0, wIndex: 0, wLength: 9 };
    const answer = await model.control(upload, new Uint8Array(), new AbortController().signal);
    assert.equal((answer as Uint8Array)[0], 0xFE);
  }));
