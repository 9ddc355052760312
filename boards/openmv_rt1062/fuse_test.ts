import assert from "node:assert/strict";
import { type ErrorData, type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import type { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import { scriptedContext, sessionOf } from "../../tests/support/plan/scripted_context.ts";
import { bootSourceStep, readFuses } from "./fuse.ts";
import { flashloader } from "./loader.ts";

/** What the fuse words 0, 5 and 6 allow, and the one burn (imxrt-sdp-flashloader.md A9, C8). */

/** Fuse words by index, and what is burnt. */
class Fuses {
  readonly burnt: number[][] = [];
  /** Thrown instead of an answer to a burn. */
  failure: UnbrickError | undefined;
  /** False: the chip accepts the burn and nothing happens. */
  burns = true;

  constructor(readonly words: Record<number, number>) {}

  readonly client = {
    readOnce: (index: number) => Promise.resolve(this.words[index] ?? 0),
    programOnce: (index: number, value: number) => {
      this.burnt.push([index, value]);
      if (this.burns) this.words[index] |= value;
      return this.failure ? Promise.reject(this.failure) : Promise.resolve();
    },
  } as unknown as MbootClient;
}

const allowed: readonly [what: string, words: Record<number, number>, isSet: boolean][] = [
  ["a camera that ran", { 6: 0x10 }, true],
  ["with other bits that do no harm", { 6: 0x0084_0034 }, true],
  ["a new chip", { 6: 0 }, false],
  ["the boot device is only bits 7 to 4", { 5: 0xFFFF_FF0F, 6: 0x10 }, true],
  ["locked, with nothing left to burn", { 0: 0x4, 6: 0x10 }, true],
  ["all locks but the one of the boot words", { 0: 0xFFFF_FFFB, 6: 0 }, false],
];

for (const [what, words, isSet] of allowed) {
  Deno.test(`fuses: ${what}`, async () => {
    assert.deepEqual(await readFuses(new Fuses(words).client), { word: words[6], isSet });
  });
}

const refused: readonly [
  what: string,
  words: Record<number, number>,
  kind: ErrorKind,
  data: ErrorData,
  message: RegExp,
][] = [
  ["closed", { 6: 0x12 }, "protected", {}, /closed \(HAB\)/],
  ["closed, and no boot source", { 6: 0x02 }, "protected", {}, /closed \(HAB\)/],
  ["jumper ignored", { 6: 0x1_0010 }, "protected", { word: 0x1_0010 }, /FORCE_INTERNAL_BOOT/],
  ["no USB download", { 6: 0x2_0010 }, "protected", { word: 0x2_0010 }, /SDP_DISABLE/],
  ["a bit that no camera has", { 6: 0x20 }, "protected", { word: 0x20 }, /0x00000020/],
  ["boot device 1", { 5: 0x10, 6: 0x10 }, "wrong-board", { bootDevice: 1 }, /boot device 1;/],
  ["boot device 15", { 5: 0xF0, 6: 0 }, "wrong-board", { bootDevice: 15 }, /boot device 15;/],
  ["locked before it was burnt", { 0: 0x4, 6: 0 }, "protected", { lock: 4 }, /locked/],
];

for (const [what, words, kind, data, message] of refused) {
  Deno.test(`fuses that end the run: ${what}`, async () => {
    await assert.rejects(readFuses(new Fuses(words).client), { kind, data, message });
  });
}

function stepWith(fuses: Fuses, role = "flashloader") {
  const looks: unknown[] = [];
  const context = scriptedContext({ use: sessionOf({ client: fuses.client, role }) });
  const step = bootSourceStep(flashloader, (_, client) => {
    looks.push(client);
    return Promise.resolve();
  });
  return { step, context, looks };
}

Deno.test("one bit is burnt once, after a last look, and the proof says what it was before", async () => {
  const fuses = new Fuses({ 6: 0 });
  const { step, context, looks } = stepWith(fuses);
  assert.equal(await step.isDone!(context), undefined);
  await step.prepare!(context);
  assert.deepEqual([looks, fuses.burnt], [[fuses.client], []]);
  await step.run(context);
  assert.deepEqual(fuses.burnt, [[6, 0x10]]);
  const { claim, ...proof } = (await step.prove!(context))!;
  assert.deepEqual(proof, { evidence: "fuse", address: 6, fuse: { before: 0, after: 0x10 } });
  assert.equal(String(claim), "The boot-source fuse is set: word 6 reads 0x00000010.");
  // Asked again, it still knows what the word was in the beginning.
  assert.deepEqual((await step.isDone!(context))?.fuse, { before: 0, after: 0x10 });
});

Deno.test("a fuse that is set already is proven and not burnt", async () => {
  const fuses = new Fuses({ 6: 0x14 });
  const { step, context } = stepWith(fuses);
  const proof = await step.isDone!(context);
  assert.match(String(proof?.claim), /was already set: word 6 reads 0x00000014/);
  assert.deepEqual(proof?.fuse, { before: 0x14, after: 0x14 });
  await step.run(context);
  assert.deepEqual(fuses.burnt, []);
});

Deno.test("the camera's own bootloader never burns", async () => {
  const { step, context, looks } = stepWith(new Fuses({ 6: 0 }), "sbl");
  await assert.rejects(step.prepare!(context), { kind: "bug" });
  assert.deepEqual(looks, []);
});

Deno.test("a burn whose answer is lost is not sent again: the fuse itself decides", async () => {
  for (const kind of ["timeout", "protocol", "stalled"] as const) {
    for (const burns of [true, false]) {
      const fuses = new Fuses({ 6: 0 });
      Object.assign(fuses, { burns, failure: new UnbrickError(kind, "No answer.") });
      const { step, context } = stepWith(fuses);
      if (burns) await step.run(context);
      else await assert.rejects(Promise.resolve(step.run(context)), { kind });
      assert.deepEqual(fuses.burnt, [[6, 0x10]]);
    }
  }
});

Deno.test("an error that the chip reports is told, whatever the fuse reads", async () => {
  const fuses = new Fuses({ 6: 0 });
  fuses.failure = new UnbrickError("device-status", "20201");
  const { step, context } = stepWith(fuses);
  await assert.rejects(Promise.resolve(step.run(context)), { kind: "device-status" });
});

Deno.test("a fuse that stays 0 is no proof", async () => {
  const { step, context } = stepWith(new Fuses({ 6: 0 }));
  await assert.rejects(Promise.resolve(step.prove!(context)), {
    kind: "verify-failed",
    data: { word: 0 },
    message: /word 6 is 0x00000000/,
  });
});
