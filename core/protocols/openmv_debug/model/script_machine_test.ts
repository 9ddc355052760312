import assert from "node:assert/strict";
import { healthyFirmware } from "../../../../tests/support/protocols/firmware_state.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { checkScript, findAnswer, pictureSum, SHOWN_MS } from "../packets/check_script.ts";
import { type FirmwareState, ScriptMachine } from "./script_machine.ts";
import { testPicture } from "./test_picture.ts";

async function machine(
  state: Partial<FirmwareState>,
  work: (machine: ScriptMachine, clock: VirtualClock, ends: number[]) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const ends: number[] = [];
  const one = new ScriptMachine(
    clock,
    { ...healthyFirmware, ...state },
    () => ends.push(clock.elapsed),
  );
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

Deno.test("the ring holds 511 bytes exactly; one more replaces all of it", async () => {
  for (const [left, waiting] of [[511, 511], [512, 20]]) {
    await machine({}, async (one, clock) => {
      const run = async () => {
        one.start("x");
        await clock.sleep(801);
      };
      await run();
      const each = one.waiting;
      for (let run = 1; (run + 1) * each <= 511; run++) {
        one.start("x");
        await clock.sleep(801);
      }
      one.take(one.waiting + each - left);
      await run();
      assert.equal(one.waiting, waiting);
    });
  }
});

Deno.test("each picture is summed at its time, and the frame is the one that is shown", async () => {
  const { answer } = await answerOf({});
  const { jpeg } = testPicture("ramp");
  assert.deepEqual(answer?.sums, [1_000_801, 2_001_602, 3_002_403]);
  assert.deepEqual(answer?.frame, [jpeg.length, pictureSum(jpeg)]);
  const black = testPicture("black").jpeg;
  const dark = (await answerOf({ pictureBlack: true })).answer;
  assert.deepEqual(dark?.frame, [black.length, pictureSum(black)]);
});

/** What the host finds when it looks at this time: `before`, `shown`, or nothing. */
async function seen(state: Partial<FirmwareState>, script: string, times: readonly number[]) {
  const found: string[] = [];
  await machine(state, async (one, clock) => {
    one.preview.isEnabled = true;
    one.start(script);
    for (const time of times) {
      await clock.sleep(time - clock.elapsed);
      const jpeg = one.preview.lock()?.jpeg.toHex();
      const kinds = { before: "ramp before", shown: "ramp", black: "black" } as const;
      const kind = Object.entries(kinds).find(([, kind]) =>
        testPicture(kind).jpeg.toHex() === jpeg
      );
      found.push(`${time} ${kind?.[0] ?? "nothing"}`);
      one.preview.unlock();
    }
  });
  return found;
}

Deno.test("the picture before is published first, then the last one every 50 ms until the end", async () => {
  const end = 800 + SHOWN_MS;
  assert.deepEqual(
    await seen({}, checkScript, [399, 400.5, 799, 800.5, 849, 850.5, end - 49, end + 1]),
    [
      ...["399 nothing", "400.5 before", "799 nothing", "800.5 shown", "849 nothing"],
      ...["850.5 shown", `${end - 49} shown`, `${end + 1} nothing`],
    ],
  );
  assert.deepEqual(await seen({ pictureBlack: true }, checkScript, [801]), ["801 before"]);
  assert.deepEqual(await seen({ pictureBlack: true }, checkScript, [500, 801]), [
    "500 before",
    "801 black",
  ]);
  for (const [state, script] of [[{ sensorMissing: true }, checkScript], [{}, "x"]] as const) {
    assert.deepEqual(await seen(state, script, [500, 900]), ["500 nothing", "900 nothing"]);
  }
});

Deno.test("a program that shows nothing ends after 800 ms", async () => {
  for (const [state, script] of [[{ sensorMissing: true }, checkScript], [{}, "x"]] as const) {
    await machine(state, async (one, clock, ends) => {
      one.start(script);
      await clock.sleep(1_000);
      assert.deepEqual(ends, [800]);
    });
  }
});

Deno.test("text is taken as far as the host asks", () =>
  machine({}, async (one, clock) => {
    one.start("x");
    await clock.sleep(801);
    const text = textOf(one);
    assert.ok(text.startsWith("Traceback") && text.endsWith("\r\nMPY: soft reboot\r\n"));
    one.start("x");
    await clock.sleep(801);
    assert.equal(new TextDecoder().decode(one.take(9)), "Traceback");
    assert.equal(one.waiting, text.length - 9);
    assert.equal(textOf(one), text.slice(9));
  }));
