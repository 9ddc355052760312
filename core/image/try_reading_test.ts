import assert from "node:assert/strict";
import { join } from "node:path";
import { type Clock, systemClock } from "../common/clock.ts";
import { tryReading } from "./files.ts";

const { signal } = new AbortController();

/** Counts the deadlines: each file or folder has one of its own. */
function counted(): Clock & { deadlines: number } {
  return {
    deadlines: 0,
    now: () => systemClock.now(),
    date: () => systemClock.date(),
    sleep(ms, signal) {
      this.deadlines++;
      return systemClock.sleep(ms, signal);
    },
  };
}

Deno.test("a folder with many files, however large, is tried, not read", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (let file = 0; file < 300; file++) {
      await Deno.writeTextFile(join(folder, `${file}`), "");
    }
    await Deno.truncate(join(folder, "0"), 2 ** 33); // zeros that take no place on the disk
    const clock = counted();
    await tryReading([`--images=${folder}`, folder, "no such file"], clock, signal);
    assert.equal(clock.deadlines, 200);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("each file of a release has its own deadline: a slow disk is no dead one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "OPENMV4"));
    await Deno.writeTextFile(join(folder, "OPENMV4", "firmware.bin"), "firmware");
    const clock = counted();
    await tryReading([`firmware=${folder}`], clock, signal);
    assert.equal(clock.deadlines, 3); // the folder, the folder in it, the file
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an option without a value names no file", async () => {
  const clock = counted();
  await tryReading(["--help", "-h", "-", "openmv-h7", "--images=x"], clock, signal);
  assert.equal(clock.deadlines, 2);
});
