import assert from "node:assert/strict";
import { systemClock } from "../../common/clock.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { colourCode, screenOf } from "../../../tests/support/cli/screen.ts";
import { toyFamily } from "../../../tests/support/cli/toy_family.ts";

const terminal = { isTerminal: true, unicode: true };
const finalScreen = `
Restore Toy Camera (simulated)
Images: folder OPENMVTOY of the bundled images (no set for it has been imported)
Some images are for simulated cameras only.
  writes  firmware  0x00000000  1000 bytes  firmware.bin

Do this now:
  1. Disconnect the camera.
  2. Connect a jumper wire between A and B.
  3. Connect the camera.

  Using the toy ROM on port 1-1.
✓ Find the camera (1.8 s)

Before anything is written:
  Camera    Toy Camera. You chose it. It is on port 1-1: toy ROM.
  Images    folder OPENMVTOY of the bundled images: firmware.bin (1000 bytes).
  Erased    firmware. The present contents are lost.
  Kept      Nothing is guaranteed to be kept.
  Permanent No permanent changes. Everything can be rewritten.
  Time      About 1.0 s, plus the steps by hand.

✓ Write the firmware (0.2 s)

✓ The Toy Camera is restored (2.0 s).
  Proof, read from the camera: Firmware equals firmware.bin (1000 bytes read
  back).
  The camera has not been seen running yet. It last appeared as toy ROM.

Still to do by hand:
  1. Disconnect the camera.
  2. Remove the jumper wire.
  3. Connect the camera.

`;

Deno.test("a terminal ends with these lines, with and without colour, and with a visible cursor", async () => {
  for (const colour of [true, false]) {
    const { code, out } = await ran("restore toy --simulate --fast --yes", {
      console: { ...terminal, colour },
    });
    assert.equal(code, 0);
    const { lines, isCursorShown } = screenOf(out);
    assert.equal(lines.join("\n"), finalScreen);
    assert.equal(isCursorShown, true);
    assert.equal(colourCode.test(out), colour);
  }
});

Deno.test("the bar never decreases, and no line is wider than the terminal", async () => {
  for (const columns of [80, 50, 36]) {
    const { out } = await ran("restore toy --simulate --fast --yes", {
      console: { ...terminal, columns },
    });
    const shares = [...out.matchAll(/[█░]+ +(\d+) %/g)].map(([, percent]) => Number(percent));
    assert.ok(shares.length > 10 && shares.at(-1) === 100);
    assert.deepEqual(shares, shares.toSorted((one, other) => one - other));
    const lengths = [...out.matchAll(/([█░]+) +\d+ %/g)].map(([, bar]) => bar.length);
    assert.equal(new Set(lengths).size, 1, "one bar, of one length");
    for (const line of screenOf(out).lines) {
      assert.ok(line.length <= columns, `${columns}: ${line}`);
    }
  }
});

Deno.test("a question makes room for itself, and the screen continues after it", async () => {
  const asked: string[] = [];
  const { code, out } = await ran("restore toy --simulate", {
    console: { ...terminal, canAsk: true },
    families: [toyFamily({ fuse: true })],
    prompts: {
      keyPressed: (signal) => systemClock.sleep(50, signal).then(() => "enter"),
      confirm: (question) => Promise.resolve(asked.push(String(question)) > 0),
      typeWord: (question) => Promise.resolve(asked.push(String(question)) === 0),
    },
  });
  assert.deepEqual(asked, [
    "Write firmware to this Toy Camera?",
    "Burn the toy fuse, for ever.",
  ]);
  assert.equal(code, 16, "the word was not typed");
  const { lines, isCursorShown } = screenOf(out);
  assert.ok(
    lines.includes(
      "  Everything that was written is proven, but the camera needs one more step to",
    ),
    lines.join("\n"),
  );
  assert.equal(isCursorShown, true);
});

Deno.test("a stop cleans up the terminal and says what state the camera is in", async () => {
  const stop = new AbortController();
  const running = ran("restore toy --simulate --yes", {
    console: terminal,
    context: { signal: stop.signal },
  });
  await systemClock.sleep(1900);
  stop.abort();
  const { code, out } = await running;
  assert.equal(code, 130);
  const { lines, isCursorShown } = screenOf(out);
  assert.equal(isCursorShown, true);
  assert.ok(lines.includes("✗ Stopped by the user."));
  assert.ok(lines.some((line) => /Nothing was written|Partly written/.test(line)));
  assert.ok(!lines.some((line) => line.includes("░")), "the bar is gone");
});
