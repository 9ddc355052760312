import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { encodeFrame } from "../packets/frame.ts";
import { FrameReceiver } from "./receiver.ts";

/** The enclave's side of the line (alif-isp.md B.1). */

const start = encodeFrame(0), read = encodeFrame(0x19, Uint8Array.of(1, 2, 3, 4, 5));
const brief = (frames: ReturnType<FrameReceiver["push"]>) =>
  frames.map(({ command, payload, isDamaged }) =>
    `${command} ${payload.toHex()}${isDamaged ? " damaged" : ""}`
  );
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

Deno.test("frames in one piece, in pieces, and several at once", () => {
  const receiver = new FrameReceiver(new VirtualClock());
  assert.deepEqual(brief(receiver.push(start)), ["0 "]);
  assert.deepEqual(brief(receiver.push(joined(read, start))), ["25 0102030405", "0 "]);
  assert.deepEqual(brief(receiver.push(read.subarray(0, 3))), []);
  assert.deepEqual(brief(receiver.push(joined(read.subarray(3), start.subarray(0, 1)))), [
    "25 0102030405",
  ]);
  assert.deepEqual(brief(receiver.push(start.subarray(1))), ["0 "]);
});

Deno.test("bytes that cannot be a length are skipped before a frame, not inside it", () => {
  const receiver = new FrameReceiver(new VirtualClock());
  assert.deepEqual(brief(receiver.push(Uint8Array.of(0, 1, 2, ...start))), ["0 "]);
  assert.deepEqual(brief(receiver.push(Uint8Array.of(3, 0, 2))), ["0  damaged"]);
  assert.deepEqual(brief(receiver.push(start)), ["0 "]);
});

Deno.test("each changed byte damages the frame", () => {
  for (let at = 1; at < read.length; at++) {
    const receiver = new FrameReceiver(new VirtualClock());
    const changed = read.slice();
    changed[at]++;
    assert.equal(receiver.push(changed)[0].isDamaged, true, `byte ${at}`);
  }
});

for (const [forgetMs, limit] of [[undefined, 100], [500, 500]] as const) {
  Deno.test(`a partial frame is kept for ${limit} ms of silence`, () => {
    const clock = new VirtualClock();
    return clock.run(async () => {
      const receiver = new FrameReceiver(clock, forgetMs);
      for (const at of [2, 4, 6]) {
        receiver.push(read.subarray(at - 2, at));
        await clock.sleep(limit);
      }
      assert.deepEqual(brief(receiver.push(read.subarray(6))), ["25 0102030405"]);
      receiver.push(read.subarray(0, 6));
      await clock.sleep(limit + 1);
      assert.deepEqual(brief(receiver.push(start)), ["0 "]);
      receiver.push(read.subarray(0, 6));
      receiver.clear();
      assert.deepEqual(brief(receiver.push(start)), ["0 "]);
    });
  });
}
