import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { checkScript, findAnswer, SHOWN_MS } from "../packets/check_script.ts";
import { type FirmwareState, ScriptMachine } from "./script_machine.ts";

const healthy: FirmwareState = {
  version: "5.0.0",
  arch: "OMV4 H7 1024",
  id: "AB",
  sensorMissing: false,
  pictureBlack: false,
  pictureFrozen: false,
  pictureDamaged: false,
  pictureHuge: false,
  pictureWithheld: false,
  mainNeverYields: false,
  scriptError: false,
  firmwareWedged: false,
};

async function machine(
  state: Partial<FirmwareState>,
  work: (machine: ScriptMachine, clock: VirtualClock, ends: number[]) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const ends: number[] = [];
  const one = new ScriptMachine(clock, { ...healthy, ...state }, () => ends.push(clock.elapsed));
  await clock.run(() => work(one, clock, ends));
}

/** Until a script that takes pictures ends, milliseconds. */
const RUN_MS = 800 + SHOWN_MS;

const textOf = (machine: ScriptMachine) => new TextDecoder().decode(machine.take(10_000));

async function answerOf(state: Partial<FirmwareState>, script = checkScript) {
  let output = "";
  await machine(state, async (one, clock) => {
    one.start(script);
    await clock.sleep(RUN_MS);
    output = textOf(one);
  });
  return { output, answer: findAnswer(output) };
}

Deno.test("a script answers after 800 ms, shows its picture, ends and resets Python", () =>
  machine({}, async (one, clock, ends) => {
    one.start(checkScript);
    assert.equal(one.isRunning, true);
    await clock.sleep(799);
    assert.deepEqual([one.isRunning, one.waiting, ends], [true, 0, []]);
    await clock.sleep(1);
    assert.ok(one.isRunning && one.waiting > 0);
    await clock.sleep(SHOWN_MS - 1);
    assert.deepEqual([one.isRunning, ends], [true, []]);
    await clock.sleep(1);
    assert.deepEqual([one.isRunning, ends], [false, [RUN_MS]]);
    const first = new TextDecoder().decode(one.take(4));
    assert.equal(first, "\r\nUN");
    const all = first + textOf(one);
    assert.ok(all.endsWith("\r\nMPY: soft reboot\r\n"));
    assert.equal(one.waiting, 0);
  }));

Deno.test("a stop ends the script at once and prints no answer; without one nothing happens", () =>
  machine({}, async (one, clock, ends) => {
    one.stop();
    assert.deepEqual([one.waiting, ends], [0, []]);
    one.start(checkScript);
    await clock.sleep(100);
    one.stop();
    await clock.sleep(2_000);
    assert.deepEqual(ends, [100]);
    assert.equal(textOf(one), "\r\nMPY: soft reboot\r\n");
    one.start(checkScript);
    await clock.sleep(100);
    one.start(checkScript);
    await clock.sleep(RUN_MS + 1);
    assert.equal(ends.length, 3, "the second start stops the first script");
  }));

Deno.test("without power nothing runs any more", () =>
  machine({}, async (one, clock, ends) => {
    one.start(checkScript);
    one.off();
    await clock.sleep(2_000);
    assert.deepEqual([one.waiting, ends], [0, []]);
  }));

Deno.test("a camera whose main.py never yields starts no script", () =>
  machine({ mainNeverYields: true }, async (one, clock) => {
    one.start(checkScript);
    assert.equal(one.isRunning, false);
    await clock.sleep(2_000);
    assert.equal(one.waiting, 0);
  }));

Deno.test("the ring keeps 511 bytes; what is too long for it replaces what was there", () =>
  machine({}, async (one, clock) => {
    for (let run = 0; run < 40; run++) {
      one.start("x");
      await clock.sleep(1_000);
      assert.ok(one.waiting <= 511, `${one.waiting}`);
    }
  }));

Deno.test("each state of the camera has its answer", async () => {
  const { answer } = await answerOf({});
  assert.deepEqual(
    [answer?.arch, answer?.id, answer?.version, answer?.sensor, answer?.mean],
    ["OMV4 H7 1024", "AB", "5.0.0", 0x56, 92.875],
  );
  assert.deepEqual([answer?.width, answer?.height, new Set(answer?.sums).size], [160, 120, 3]);
  const black = (await answerOf({ pictureBlack: true })).answer;
  assert.deepEqual([black?.mean, black?.sums], [0, [0, 0, 0]]);
  const frozen = (await answerOf({ pictureFrozen: true })).answer;
  assert.deepEqual([frozen?.mean, frozen?.sums], [92.875, [4711, 4711, 4711]]);
  const missing = (await answerOf({ sensorMissing: true })).answer;
  assert.match(missing?.look_error ?? "", /Failed to detect the image sensor/);
  assert.deepEqual([missing?.sums, missing?.arch], [undefined, "OMV4 H7 1024"]);
  for (const failed of [await answerOf({ scriptError: true }), await answerOf({}, "print(1)")]) {
    assert.equal(failed.answer, undefined);
    assert.match(failed.output, /MemoryError: \r\n\r\nMPY: soft reboot/);
  }
  assert.ok((await answerOf({}, `${checkScript}\n\n`)).answer, "spaces at the end do not count");
});
