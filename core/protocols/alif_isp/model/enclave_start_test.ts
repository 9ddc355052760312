import assert from "node:assert/strict";
import {
  testBootloader,
  testChip,
  type TestChipOptions,
  testToc,
} from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { Command } from "../packets/command.ts";
import { encodeFrame } from "../packets/frame.ts";

/** How the enclave starts, what it prints, and how it is called to maintenance (alif-isp.md B.7, C.3, G). */

const BOOT_MS = 120, WINDOW_MS = 400;

async function withChip(
  options: TestChipOptions,
  work: (
    rig: ReturnType<typeof testChip> & {
      /** Text since the last call. */
      readonly heard: () => string;
      readonly say: (text: string) => void;
      readonly command: (code: number, payload?: Uint8Array) => void;
    },
  ) => Promise<void>,
): Promise<void> {
  const chip = testChip(options);
  await chip.clock.run(async () => {
    let text = "";
    chip.line.send = (bytes) => text += String.fromCharCode(...bytes);
    await work({
      ...chip,
      heard() {
        const all = text;
        text = "";
        return all;
      },
      say: (words) => chip.enclave.receive(new TextEncoder().encode(words)),
      command: (code, payload) => chip.enclave.receive(encodeFrame(code, payload)),
    });
    chip.enclave.powerOff();
  });
}
const ACK = "\x03\xFE\xFF";

Deno.test("firmware prints its version, waits for the call, and then reads the table", () =>
  withChip({}, async ({ clock, enclave, heard, command }) => {
    enclave.powerOn();
    command(Command.START_ISP);
    await clock.sleep(BOOT_MS - 1);
    assert.deepEqual([heard(), enclave.state], ["", undefined]);
    await clock.sleep(2);
    assert.equal(heard(), "SES B4 v1.104.0 Jan 01 2026 00:00:00\r\n[SES] LCS=1\r\n");
    await clock.sleep(WINDOW_MS - 2);
    command(Command.START_ISP);
    assert.deepEqual([heard(), enclave.state], ["", undefined]);
    await clock.sleep(2);
    assert.equal(heard(), "[SES] ATOC DEVICE ok\r\n");
    assert.equal(enclave.state?.kind, "SES");
    command(Command.START_ISP);
    assert.equal(heard(), ACK);
  }));

for (
  const [what, options, text] of [
    ["no table", { toc: new Uint8Array(testToc.length) }, "[SES] No ATOC\r\n"],
    [
      "a damaged image",
      { bootloader: testBootloader.map((byte) => byte ^ 1) },
      "[SES] an image in flash could not be verified (0x00000008)\r\n[SES] ATOC SKIPPED\r\n",
    ],
  ] as const
) {
  Deno.test(`what firmware prints with ${what}`, () =>
    withChip(options, async ({ clock, enclave, heard }) => {
      enclave.powerOn();
      await clock.sleep(BOOT_MS + 1);
      heard();
      await clock.sleep(WINDOW_MS);
      assert.equal(heard(), text);
    }));
}

Deno.test("the ROM names its error, and does not wait for a call", () =>
  withChip({ system: null }, async ({ clock, enclave, heard, say }) => {
    const states: unknown[] = [];
    Object.assign(enclave.options, { onStarted: (state: unknown) => states.push(state) });
    enclave.powerOn();
    await clock.sleep(BOOT_MS + 1);
    assert.equal(
      heard(),
      "\r\nSEROM v1.103.0 0x0000B400\r\n[SEROM] BOOT_LOADER_find_and_load_seram(): error: " +
        "0x00000030; extended error code: 0x00000000\r\nthe pointer to the table is invalid\r\n" +
        "[SEROM] Entering recovery mode...\r\n",
    );
    assert.deepEqual(states, [{ kind: "SEROM", error: 0x30 }]);
    say("ALIFALIF");
    assert.equal(heard(), "");
    assert.equal(enclave.isMaintenance, false);
  }));

for (
  const [what, calls, answers, isMaintenance] of [
    ["nobody calls", [], 0, false],
    ["one call", ["ALIF"], 1, false],
    ["two calls", ["ALIF", "ALIF"], 1, true],
    ["two calls at once, with noise", ["xxALIFALIFyy"], 1, true],
    ["calls in pieces", ["AL", "IFA", "LI", "F"], 1, true],
    ["many calls", ["ALIF", "ALIF", "ALIF", "ALIF"], 1, true],
    ["no call after all", ["ALI", "ALIEF", "F"], 0, false],
    ["noise before a call in pieces", ["AAAAAAAAAAAL", "IF"], 1, false],
  ] as const
) {
  Deno.test(`hard maintenance: ${what}`, () =>
    withChip({}, async ({ clock, enclave, heard, say }) => {
      say("ALIFALIF");
      enclave.powerOn();
      say("ALIFALIF");
      await clock.sleep(BOOT_MS + 1);
      heard();
      for (const call of calls) say(call);
      assert.equal(heard(), "SEPCTL".repeat(answers));
      await clock.sleep(WINDOW_MS);
      assert.equal(enclave.isMaintenance, isMaintenance);
      heard();
      say("ALIFALIF");
      assert.ok(!heard().includes("SEPCTL"));
      enclave.reset();
      await clock.sleep(1_000);
      assert.equal(enclave.isMaintenance, false, "the calls held for one start");
    }));
}

Deno.test("the maintenance flag: the next start does not wait, and only that one", () =>
  withChip({}, async ({ clock, enclave, command }) => {
    enclave.powerOn();
    await clock.sleep(1_000);
    command(Command.START_ISP);
    command(Command.SET_MAINTENANCE_FLAG);
    assert.equal(enclave.isMaintenance, false);
    enclave.reset();
    await clock.sleep(BOOT_MS + 1);
    assert.equal(enclave.isMaintenance, true);
    enclave.reset();
    await clock.sleep(1_000);
    assert.equal(enclave.isMaintenance, false);
    enclave.setMaintenanceFlag();
    enclave.powerOff();
    enclave.powerOn();
    await clock.sleep(1_000);
    assert.equal(enclave.isMaintenance, false, "it is lost with the power");
  }));

Deno.test("traps: a flag and a rate that have no effect", () =>
  withChip({ traps: { flagIgnored: true, baudStuck: true } }, async ({ clock, enclave }) => {
    enclave.powerOn();
    await clock.sleep(1_000);
    enclave.setBaudRate(921_600);
    assert.equal(enclave.baudRate, 55_000);
    enclave.setMaintenanceFlag();
    enclave.reset();
    await clock.sleep(1_000);
    assert.equal(enclave.isMaintenance, false);
  }));

Deno.test("a start returns to the default rate and forgets half a frame; without power there is none", () =>
  withChip({}, async ({ clock, enclave, command, heard }) => {
    enclave.reset();
    await clock.sleep(1_000);
    assert.deepEqual([enclave.state, heard()], [undefined, ""]);
    enclave.powerOn();
    await clock.sleep(1_000);
    enclave.setBaudRate(921_600);
    enclave.receive(encodeFrame(Command.ENQUIRY).subarray(0, 2));
    enclave.reset();
    assert.deepEqual([enclave.baudRate, enclave.state], [55_000, undefined]);
    await clock.sleep(1_000);
    heard();
    command(Command.START_ISP);
    assert.equal(heard(), ACK);
    enclave.powerOff();
    assert.equal(enclave.state, undefined);
    enclave.powerOn();
    await clock.sleep(60);
    enclave.powerOff();
    await clock.sleep(1_000);
    assert.equal(enclave.state, undefined);
  }));

const count = (text: string, part: string) => text.split(part).length - 1;

Deno.test("a spinner turns every 40 ms until the first command", () =>
  withChip({ traps: { spinner: true } }, async ({ clock, enclave, heard, command }) => {
    enclave.powerOn();
    await clock.sleep(BOOT_MS + WINDOW_MS + 1);
    assert.equal(count(heard(), "\b|"), 1);
    await clock.sleep(400);
    assert.equal(count(heard(), "\b|"), 10);
    command(Command.START_ISP);
    heard();
    await clock.sleep(400);
    assert.equal(heard(), "");
  }));

Deno.test("an application that prints does so every 15 ms, and not in maintenance", () =>
  withChip({ traps: { chatter: true } }, async ({ clock, enclave, heard }) => {
    enclave.powerOn();
    await clock.sleep(BOOT_MS + WINDOW_MS + 1);
    heard();
    await clock.sleep(150);
    assert.equal(heard(), "frame 1024 of 1024, 0x41 ok\r\n".repeat(10));
    enclave.setMaintenanceFlag();
    enclave.reset();
    await clock.sleep(BOOT_MS + 1);
    heard();
    await clock.sleep(300);
    assert.equal(heard(), "");
    enclave.powerOff();
    await clock.sleep(300);
    assert.equal(heard(), "");
  }));

Deno.test("an enclave that sleeps answers nothing while its application runs", () =>
  withChip({ traps: { mute: true } }, async ({ clock, enclave, heard, command }) => {
    enclave.powerOn();
    await clock.sleep(1_000);
    heard();
    command(Command.START_ISP);
    assert.equal(heard(), "");
    enclave.setMaintenanceFlag();
    enclave.reset();
    await clock.sleep(1_000);
    heard();
    command(Command.START_ISP);
    assert.equal(heard(), ACK);
  }));
