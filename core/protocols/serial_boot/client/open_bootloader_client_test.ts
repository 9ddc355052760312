import assert from "node:assert/strict";
import { isKind, type UnbrickError } from "../../../common/errors.ts";
import { programFlash, type ProgramJob } from "./open_bootloader_client.ts";
import { PhaseId } from "../packets/phase.ts";
import {
  LAYOUT_TEXT,
  type Opened,
  sampleCode,
  sampleLayout,
  sampleLoader,
  startSession,
  withOpenBootloader,
} from "../../../../tests/support/protocols/serial_boot_rig.ts";

const code = sampleCode(200_000);
const job: ProgramJob = {
  layout: sampleLayout(),
  loader: sampleLoader(),
  parts: [{ id: PhaseId.APPLICATION, offset: 0, bytes: code }],
};

const program = async (opened: Opened, work = job) =>
  await programFlash(await startSession(opened, 1024), work);

function fails(promise: Promise<unknown>, kind: "protocol" | "timeout", word: RegExp) {
  return assert.rejects(promise, (error) => {
    assert.ok(isKind(error, kind), String(error));
    assert.match((error as UnbrickError).message, word);
    return true;
  });
}

Deno.test("layout, loader and bootloader reach their addresses; progress rises to the end", () =>
  withOpenBootloader({}, async (opened) => {
    const seen: number[] = [];
    const session = await startSession(opened, 1024);
    const { longestEraseMs } = await programFlash(session, job, {
      onProgress(done, total) {
        assert.equal(total, job.layout.length + job.loader.length + code.length);
        seen.push(done);
      },
    });
    assert.deepEqual(opened.flash.read(opened.flash.base, code.length), code);
    assert.ok(longestEraseMs > 400);
    assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
    assert.equal(seen.at(-1), job.layout.length + job.loader.length + code.length);
    assert.equal(opened.flash.counters.erases, 4);
    assert.equal(opened.model.otpBurns, 0);
  }));

Deno.test("a second partition is sent too", () =>
  withOpenBootloader({}, async (opened) => {
    const text = LAYOUT_TEXT + "P\t0x5\text\tBinary\tnor0\t0x40000\te\n";
    const second = sampleCode(3000).reverse();
    await program(opened, {
      ...job,
      layout: sampleLayout(text),
      parts: [...job.parts, { id: PhaseId.EXTENSION, offset: 0x4_0000, bytes: second }],
    });
    assert.deepEqual(opened.flash.read(opened.flash.base + 0x4_0000, 3000), second);
    assert.deepEqual(opened.flash.read(opened.flash.base, code.length), code);
  }));

Deno.test("an odd parity at the start does no harm", () =>
  withOpenBootloader({}, async (opened) => {
    await (await startSession(opened, 1024)).getPhase();
    await program(opened);
    assert.deepEqual(opened.flash.read(opened.flash.base, code.length), code);
  }));

Deno.test("in the middle of an earlier session, nothing is sent", () =>
  withOpenBootloader({}, async (opened) => {
    const session = await startSession(opened, 1024);
    for (let question = 0; question < 2; question++) await session.getPhase();
    await fails(program(opened), "protocol", /earlier session \(phase 0xFE\)/);
    assert.equal(opened.flash.counters.erases, 0);
  }));

Deno.test("a layout that is sent twice in one session is detected", () =>
  withOpenBootloader({}, async (opened) => {
    const session = await startSession(opened, 1024);
    await session.getPhase();
    const send = { what: "take the layout", deadline: () => 1000 };
    await session.download(PhaseId.LAYOUT, job.layout, send);
    await session.complete(job.layout.length, "end the layout");
    await fails(program(opened), "protocol", /phase 0x01, which was not expected/);
  }));

Deno.test("a layout that the camera refuses is reported", () =>
  withOpenBootloader({}, async (opened) => {
    const layout = job.layout.slice();
    layout.set(new TextEncoder().encode("#"), 258); // instead of the first row's Id
    await fails(program(opened, { ...job, layout }), "protocol", /refused the layout/);
  }));

Deno.test("a layout that makes the camera hang ends at a deadline", () =>
  withOpenBootloader({}, async (opened) => {
    const text = "P\t0x1\ta\tBinary\tnone\t0x0\tfile\n";
    const layout = new Uint8Array(256 + text.length);
    layout.set(new TextEncoder().encode(text), 256);
    await fails(program(opened, { ...job, layout }), "timeout", /accept phase 0x00 within 5/);
  }));

Deno.test("an address other than the intended one stops the run before the flash is changed", () =>
  withOpenBootloader({}, async (opened) => {
    const layout = sampleLayout(LAYOUT_TEXT.replace("nor0\t0x0", "nor0\t0x10000"));
    await fails(
      program(opened, { ...job, layout }),
      "protocol",
      /0x70010000 instead of 0x70000000/,
    );
    assert.equal(opened.flash.counters.erases, 0);
  }));

Deno.test("an erase that never ends is ended after 15 seconds", () =>
  withOpenBootloader({ eraseHangs: true }, async (opened) => {
    const start = opened.clock.now();
    await fails(program(opened), "timeout", /accept phase 0x04 within 15 s/);
    assert.ok(opened.clock.now() - start < 16_000);
  }));

Deno.test("a loader that does not start is reported as OK; only the missing erase time shows it", () =>
  withOpenBootloader({ initFails: true }, async (opened) => {
    const { longestEraseMs } = await program(opened);
    assert.ok(longestEraseMs < 20);
    assert.ok(opened.flash.isBlank(opened.flash.base, code.length));
  }));

Deno.test("dangerous alternates cannot be selected", () =>
  withOpenBootloader({}, async (opened) => {
    const session = await startSession(opened, 1024);
    assert.equal(session.has(PhaseId.OTP), false);
    for (const id of [0xF2, 0xF3, 0xF4, 0xF5, 0xF6]) {
      const send = session.download(id, new Uint8Array(4), { what: "", deadline: () => 1 });
      await assert.rejects(send, (error) => isKind(error, "bug"));
    }
  }));
