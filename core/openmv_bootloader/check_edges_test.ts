import assert from "node:assert/strict";
import { errorOf } from "../../tests/support/expected_error.ts";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { Board } from "../family/board.ts";
import type { BoardImages } from "../image/image.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { DebugSession } from "../protocols/openmv_debug/client/debug_session.ts";
import { pictureSum, SHOWN_MS } from "../protocols/openmv_debug/packets/check_script.ts";
import { checkSteps, compareFirmware } from "./check.ts";
import { fetchPicture, judgePicture } from "./check_picture.ts";
import { simulatedVersion } from "./firmware_model.ts";
import { firmwareTraps, stoppingFirmware } from "./firmware_traps.ts";
import { filesTraps, memoryTraps } from "./memory_traps.ts";
import { firmwareAppears } from "./not_started.ts";

const picture = Uint8Array.of(0xFF, 0xD8, 7, 9);
const sum = pictureSum(picture);

/** Fetches a picture of which the camera said this, and that comes so. */
async function fetched(frame: unknown, ...answers: (Uint8Array | undefined)[]) {
  const clock = new VirtualClock();
  const asked: number[] = [];
  const session = {
    frame: (bytes: number) => {
      asked.push(bytes);
      return Promise.resolve(answers.length > 1 ? answers.shift() : answers[0]);
    },
  } as unknown as DebugSession;
  const context = { clock, signal: new AbortController().signal } as unknown as StepContext;
  const found = await clock.run(() => fetchPicture(context, session, { frame } as never));
  return { found, asked, ms: clock.elapsed };
}

Deno.test("a picture is fetched until one has the sum that the camera gave, as long as it shows it", async () => {
  assert.deepEqual(await fetched([4, sum], picture), { found: picture, asked: [4], ms: 0 });
  const other = Uint8Array.of(1);
  const late = await fetched([4, sum], undefined, other, picture);
  assert.deepEqual([late.found, late.ms], [picture, 100]);
  for (const [answer, found] of [[undefined, "missing"], [other, "damaged"]] as const) {
    const never = await fetched([4, sum], answer);
    assert.deepEqual([never.found, never.ms], [found, SHOWN_MS]);
    assert.equal(never.asked.length, SHOWN_MS / 50);
  }
  assert.equal((await fetched([4, sum], other, undefined)).found, "damaged");
});

Deno.test("a picture that cannot be is not asked for", async () => {
  assert.deepEqual((await fetched(undefined, picture)).found, undefined);
  for (const bytes of [0, -1, 65_537, 1.5, NaN]) {
    const { found, asked } = await fetched([bytes, sum], picture);
    assert.deepEqual([found, asked], ["too-large", []]);
  }
  for (const bytes of [1, 65_536]) {
    assert.equal((await fetched([bytes, sum], picture)).found, picture);
  }
});

Deno.test("what came of a picture is an error, unless it is the picture", () => {
  judgePicture("Toy", picture, "5.0.0");
  for (
    const [found, words] of [
      ["damaged", /^The Toy takes pictures, but its last one arrived with another checksum\.$/],
      ["missing", /its last one did not arrive/],
      ["too-large", /the size that it gives for one is impossible/],
    ] as const
  ) {
    assert.throws(() => judgePicture("Toy", found, "5.0.0"), (error) => {
      assert.ok(error instanceof UnbrickError && error.kind === "picture-damaged");
      assert.deepEqual(error.data, { version: "5.0.0" });
      assert.match(error.message, words);
      return true;
    });
  }
});

Deno.test("a picture that was asked for must be there; otherwise only a note says that it is not", async () => {
  const board = { id: "toy", name: "Toy Camera" } as Board;
  const answer = { sensor: 0x56, width: 1, height: 1, mean: 9, sums: [1, 2] };
  const prove = (isKept: boolean, more: object, of: Partial<Board> = {}) => {
    const notes: string[] = [];
    const facts = { version: "5.0.0", answer, ...more };
    const context = {
      learned: () => facts,
      note: (words: unknown) => notes.push(String(words)),
    } as unknown as StepContext;
    const [, take] = checkSteps([], { picture: isKept }, { ...board, ...of });
    return { notes, proof: take.prove!(context) };
  };
  const withFault = { answer: { ...answer, frame_error: `no\nroom${"!".repeat(200)}` } };
  const words = `This firmware cannot send its picture: no?room${"!".repeat(93)}`;
  const quiet = prove(false, withFault);
  assert.doesNotMatch(String((await quiet.proof)!.claim), /arrived whole/);
  assert.deepEqual(quiet.notes, [words]);
  assert.equal(
    (await errorOf(prove(true, withFault).proof as Promise<unknown>, "picture-damaged")).message,
    words,
  );
  const whole = prove(true, { picture });
  assert.match(String((await whole.proof)!.claim), /Its picture arrived whole\.$/);
  assert.deepEqual(whole.notes, []);
  const blind = { answer: { look_error: "no sensor" } }, mayHaveNoSensor = true;
  const none = prove(false, blind, { mayHaveNoSensor });
  assert.match(String((await none.proof)!.claim), /has no image sensor now/);
  assert.deepEqual(none.notes, [], "nobody asked for a picture");
  const wanted = prove(true, blind, { mayHaveNoSensor }).proof as Promise<unknown>;
  assert.equal(
    (await errorOf(wanted, "picture-damaged")).message,
    "There is no picture to keep.",
  );
  await errorOf(prove(false, { picture: "damaged" }).proof as Promise<unknown>, "picture-damaged");
});

Deno.test("a camera of which nothing appears has not started; anything else that is there is told", async () => {
  assert.equal(await firmwareAppears(() => Promise.resolve("there")), "there");
  const fails = (kind: UnbrickError["kind"], data: object) =>
    errorOf(firmwareAppears(() => Promise.reject(new UnbrickError(kind, "Words.", { ...data }))));
  const nothing = await fails("timeout", { seen: null, port: "1-2" });
  assert.deepEqual([nothing.kind, nothing.message], ["not-started", "Words."]);
  assert.deepEqual(nothing.data, { seen: null, port: "1-2" });
  assert.equal((await fails("timeout", { seen: "An ST ROM" })).kind, "timeout");
  assert.equal((await fails("wrong-board", { seen: null })).kind, "wrong-board");
});

Deno.test("simulated firmware has the version of the set that it is from", () => {
  const images = (version?: string, role = "firmware") =>
    ({
      all: [{ role: "bootloader", version: "1.0.3" }, { role, version }],
    }) as unknown as BoardImages;
  for (
    const [planned, there, version] of [
      [images("4.8.1"), images("4.7.0"), "4.8.1"],
      [undefined, images("4.7.0"), "4.7.0"],
      [images(), images("4.7.0-simulation"), "4.7.0"],
      [images("nightly"), undefined, "5.0.0"],
      [images("4.8.1", "firmware_M55_HP"), undefined, "4.8.1"],
      [images("4.8.1", "romfs0"), undefined, "5.0.0"],
      [undefined, undefined, "5.0.0"],
    ] as const
  ) {
    assert.equal(simulatedVersion({ plannedImages: planned, images: there } as never), version);
  }
  assert.equal(simulatedVersion({} as never, "1.2.3"), "1.2.3");
});

Deno.test("firmware that names two boards is right for each of them", () => {
  const arch = "OMV4 H7 1024, OpenMV N6";
  for (const id of ["openmv-h7", "openmv-n6"]) compareFirmware({ id, name: id }, { arch }, "5.0.0");
  const other = { id: "openmv-ae3", name: "OpenMV AE3" };
  assert.throws(() => compareFirmware(other, { arch }, "5.0.0"), { kind: "wrong-board" });
});

Deno.test("simulated firmware has no fault that nobody asked for", () => {
  for (const defaults of Object.values({ ...firmwareTraps, ...stoppingFirmware, ...filesTraps })) {
    assert.deepEqual(defaults, [false]);
  }
  assert.deepEqual(memoryTraps, { filesDamaged: [false], unreadable: [""] });
});
