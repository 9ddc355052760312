import assert from "node:assert/strict";
import jpeg from "jpeg-js";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { Preview, type PreviewFaults } from "./preview_model.ts";
import { testPicture } from "./test_picture.ts";

/** The one picture that waits for the host (openmv-runtime.md 1.1, 1.4, 1.5). */

const none = { pictureDamaged: false, pictureHuge: false, pictureWithheld: false };
const first = { width: 3, height: 2, jpeg: Uint8Array.of(1, 2, 3, 4) };
const second = { width: 3, height: 2, jpeg: Uint8Array.of(5, 6, 7, 8) };

function preview(faults: Partial<PreviewFaults> = {}) {
  const one = new Preview(new VirtualClock(), { ...none, ...faults });
  one.isEnabled = true;
  return one;
}

Deno.test("nothing is published without the preview, or if the camera withholds it", () => {
  const off = preview();
  off.isEnabled = false;
  off.publish(first);
  const withheld = preview({ pictureWithheld: true });
  withheld.publish(first);
  for (const one of [off, withheld]) {
    assert.deepEqual([one.isReady, one.frameSize, one.frame.length, one.lock()], [
      ...[false, 0, 0],
      undefined,
    ]);
    assert.equal(one.lockV2(), false);
  }
});

Deno.test("a picture waits until the host looks; the next ones are dropped", () => {
  const one = preview();
  one.publish(first);
  one.publish(second);
  assert.equal(one.locked, undefined);
  assert.deepEqual(one.lock(), first);
  assert.deepEqual(one.locked, first);
  assert.equal(one.lock(), undefined, "it is locked");
  one.publish(second);
  assert.deepEqual(one.locked, first);
  one.unlock();
  assert.deepEqual([one.isReady, one.locked], [false, undefined]);
  one.publish(second);
  assert.deepEqual(one.lock(), second);
});

Deno.test("without a lock, unlocking keeps the picture; turning the preview off unlocks and keeps it", () => {
  const one = preview();
  one.publish(first);
  one.unlock();
  assert.equal(one.isReady, true);
  one.lock();
  one.disable();
  assert.deepEqual([one.isEnabled, one.isReady, one.locked], [false, true, undefined]);
  assert.deepEqual(one.lock(), first);
});

Deno.test("clearing forgets everything, and that the camera waits for the host", () => {
  const one = preview();
  one.publish(first);
  one.lock();
  one.clear();
  assert.deepEqual([one.isReady, one.locked, one.frameSize], [false, undefined, 0]);
  one.publish(first);
  one.clear();
  one.publish(second);
  assert.deepEqual(one.lock(), second);
});

Deno.test("V2: a lock needs a picture, and 10 ms since the one before, whatever came of it", async () => {
  const clock = new VirtualClock();
  const one = new Preview(clock, none);
  await clock.run(async () => {
    assert.equal(one.lockV2(), false);
    one.isEnabled = true;
    one.publish(first);
    await clock.sleep(9);
    assert.equal(one.lockV2(), false, "too early");
    await clock.sleep(1);
    assert.equal(one.lockV2(), true);
    await clock.sleep(20);
    assert.equal(one.lockV2(), false, "it is locked");
    one.unlock();
    one.publish(second);
    await clock.sleep(10);
    assert.equal(one.lockV2(), true);
    assert.deepEqual(one.locked, second);
  });
});

Deno.test("a damaged picture has one wrong bit; the camera's own copy is as it was", () => {
  const one = preview({ pictureDamaged: true });
  one.publish(first);
  assert.deepEqual(one.lock()?.jpeg, Uint8Array.of(1, 2, 2, 4));
  assert.deepEqual(first.jpeg, Uint8Array.of(1, 2, 3, 4));
});

Deno.test("how large a picture says it is", () => {
  const one = preview();
  one.publish(first);
  assert.deepEqual([one.sizeOf(first), one.frameSize], [[3, 2, 4], 36]);
  const huge = preview({ pictureHuge: true });
  assert.equal(huge.frameSize, 0);
  huge.publish(first);
  assert.deepEqual([huge.sizeOf(first), huge.frameSize], [[3, 2, 0xFFFF_FF00], 0xFFFF_FF00]);
});

Deno.test("V2: a frame is its head, zeros up to 32, and the picture", () => {
  const one = preview();
  one.publish(first);
  assert.equal(
    one.frame.toHex(),
    "03000000" + "02000000" + "00000606" + "04000000" + "20000000" + "00".repeat(12) + "01020304",
  );
});

Deno.test("what a simulated camera sees: a grey ramp with a bar, or black", () => {
  const greyAt = (kind: Parameters<typeof testPicture>[0], x: number, y: number) => {
    const { data, width } = jpeg.decode(testPicture(kind).jpeg);
    return data[(y * width + x) * 4];
  };
  for (const [kind, bar] of [["ramp", 40], ["ramp before", 60]] as const) {
    const { width, height, mean } = testPicture(kind);
    assert.deepEqual([width, height, mean], [160, 120, 92.875]);
    for (const y of [2, bar - 4, bar + 14, 117]) {
      for (const x of [4, 80, 155]) {
        const grey = greyAt(kind, x, y);
        assert.ok(Math.abs(grey - x) < 25, `${kind} ${x} ${y}: ${grey}`);
      }
    }
    for (const y of [bar + 2, bar + 7]) assert.ok(greyAt(kind, 80, y) > 200);
  }
  assert.ok(greyAt("black", 80, 45) < 3);
  assert.equal(testPicture("black").mean, 0);
  assert.equal(testPicture("ramp"), testPicture("ramp"), "made once");
});

Deno.test("the files of these pictures and their brightness are those of a drawing", () => {
  for (const [kind, bar] of [["ramp", 40], ["ramp before", 60], ["black", undefined]] as const) {
    const { width, height, jpeg: file, mean } = testPicture(kind);
    const greys = Array.from({ length: width * height }, (_, at) => {
      const x = at % width, y = Math.floor(at / width);
      return bar === undefined ? 0 : y >= bar && y < bar + 10 ? 240 : x;
    });
    const data = Uint8Array.from(greys.flatMap((grey) => [grey, grey, grey, 255]));
    const drawn = jpeg.encode({ data, width, height }, 70).data;
    assert.equal(file.toHex(), Uint8Array.from(drawn).toHex(), kind);
    assert.equal(mean, greys.reduce((sum, grey) => sum + grey) / greys.length);
  }
});
