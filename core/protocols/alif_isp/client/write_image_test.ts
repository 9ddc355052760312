import assert from "node:assert/strict";
import { type ErrorKind, isKind } from "../../../common/errors.ts";
import type { LineFault } from "../../../../tests/support/transport/serial_fault_injector.ts";
import { lineMs } from "../../../transport/serial/line.ts";
import { enterMaintenance, identifyEnclave, reachEnclave, waitForStart } from "./connect.ts";
import { BULK_BAUD } from "../packets/command.ts";
import { isNak } from "./nak_error.ts";
import { Nak } from "../packets/error_code.ts";
import { encodeFrame } from "../packets/frame.ts";
import { MRAM_BASE, POINTER_ADDRESS, SYSTEM_BASE, TOC_ADDRESS } from "../packets/memory_map.ts";
import { compareMram, isReadRefused, readMram, verifyMram } from "./read_back.ts";
import { recoverSystemPackage } from "./recover.ts";
import {
  parsedPackage,
  testBootloader,
  testChip,
  type TestChipOptions,
  testPackage,
  testToc,
} from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { writeImage, writeSystemPackage } from "./write_image.ts";

type Chip = ReturnType<typeof testChip>;
type Client = Awaited<ReturnType<Chip["connect"]>>;
const run = { signal: new AbortController().signal };
const kind = (...kinds: ErrorKind[]) => (error: unknown) => isKind(error, ...kinds);
const image = new Uint8Array(3000 * 16).map((_, at) => at * 5 + (at >> 8));

/** Runs `work` with a chip in maintenance (or in its ROM). */
async function inMaintenance(
  options: TestChipOptions,
  work: (client: Client, chip: Chip) => Promise<void>,
): Promise<void> {
  const chip = testChip(options);
  await chip.clock.run(async () => {
    chip.enclave.powerOn();
    await chip.clock.sleep(1_000);
    const client = await chip.connect();
    await reachEnclave(client);
    if (options.system !== null) await enterMaintenance(client);
    await work(client, chip);
  });
}

Deno.test("an image is written and reads back equal; a changed byte is detected", async () => {
  await inMaintenance({}, async (client, chip) => {
    await writeImage(client, MRAM_BASE, image, run);
    assert.deepEqual(chip.mram.read(MRAM_BASE, image.length), image);
    assert.equal(await compareMram(client, MRAM_BASE, image, run), undefined);
    const part = await readMram(client, TOC_ADDRESS, testToc.length, run);
    assert.deepEqual(part, testToc);
    chip.mram.load(MRAM_BASE + 0x4321, Uint8Array.of(0x99));
    assert.equal(await compareMram(client, MRAM_BASE, image, run), MRAM_BASE + 0x4321);
    await assert.rejects(
      verifyMram(client, MRAM_BASE, image, "image", run),
      (error) => isKind(error, "verify-failed") && error.data.address === MRAM_BASE + 0x4321,
    );
  });
});

Deno.test("data that the memory accepts but does not keep is detected by reading back", async () => {
  await inMaintenance({ traps: { lostLines: [MRAM_BASE + 0x2000] } }, async (client) => {
    await writeImage(client, MRAM_BASE, image, run);
    assert.equal(await compareMram(client, MRAM_BASE, image, run), MRAM_BASE + 0x2000);
  });
});

Deno.test("nothing is sent for a range that may not be written", async () => {
  await inMaintenance({}, async (client, chip) => {
    const before = chip.line.counters.pieces;
    const refuse = (address: number, length: number) =>
      assert.rejects(writeImage(client, address, new Uint8Array(length), run), kind("usage"));
    await refuse(0x8058_0004, 8192);
    await refuse(0x8058_0000, 16);
    await refuse(0x8057_FFF0, 32);
    await refuse(0x805F_FFF0, 16);
    await refuse(0x8000_0008, 16);
    await refuse(0x8000_0000, 24);
    await refuse(0x9000_0000, 16);
    await refuse(0x7FFF_FFF0, 16);
    await refuse(0x8000_0000, 0);
    assert.equal(chip.line.counters.pieces, before);
  });
});

Deno.test("memory that may not be read is reported, and so is a secured chip", async () => {
  await inMaintenance({ traps: { noReadBack: true } }, async (client) => {
    await assert.rejects(compareMram(client, MRAM_BASE, image, run), isReadRefused);
  });
  await inMaintenance({}, async (client) => {
    await assert.rejects(compareMram(client, SYSTEM_BASE, image, run), isReadRefused);
  });
});

const nak = (code: number): LineFault => ({
  kind: "answer",
  bytes: encodeFrame(0xFF, Uint8Array.of(code)),
});

Deno.test("every frame of a write may fail in every way: it is sent again or refused, never half done", async () => {
  const small = image.subarray(0, 1024);
  let pieces = 0;
  await inMaintenance({}, async (client, chip) => {
    const injector = chip.spoil();
    await writeImage(client, MRAM_BASE, small, run);
    pieces = injector.pieces;
  });
  assert.ok(pieces > 12, `${pieces}`);
  const faults: LineFault[] = [
    { kind: "drop" },
    { kind: "duplicate" },
    { kind: "flip", bit: 37 },
    { kind: "delay", ms: 600 },
    nak(Nak.CHECKSUM_ERROR),
    nak(Nak.BAD_DESTINATION_ADDR),
    nak(0xFF),
    { kind: "silence" },
    { kind: "flood", everyMs: 3 },
  ];
  for (const fault of faults) {
    for (let at = 1; at <= pieces; at++) {
      await inMaintenance({}, async (client, chip) => {
        const injector = chip.spoil({ at, fault });
        const name = `${fault.kind} at ${at}`;
        try {
          await writeImage(client, MRAM_BASE, small, run);
          // The read-back decides: if it says equal, the memory is equal.
          const different = await compareMram(client, MRAM_BASE, small, run);
          const isEqual = chip.mram.read(MRAM_BASE, small.length).every((b, i) => b === small[i]);
          assert.equal(different === undefined, isEqual, name);
          assert.equal(different, undefined, `${name}: written wrongly`);
        } catch (error) {
          assert.ok(isKind(error, "timeout", "device-status", "protocol"), `${name}: ${error}`);
        }
        injector.stop();
        assert.ok(injector.fired >= 1, name);
        assert.ok(await reachEnclave(client), name);
        await enterMaintenance(client);
        await writeImage(client, MRAM_BASE, small, run);
        assert.equal(await compareMram(client, MRAM_BASE, small, run), undefined, name);
      });
    }
  }
});

Deno.test("a frame whose length is damaged on the way takes the next bytes, and the image is sent again", async () => {
  const small = image.subarray(0, 1024);
  for (const bit of [3, 7]) {
    for (let at = 1; at < 14; at += 2) {
      await inMaintenance({ traps: { forgetMs: 500 } }, async (client, chip) => {
        chip.spoil({ at, fault: { kind: "flip", bit } });
        await writeImage(client, MRAM_BASE, small, run);
        assert.deepEqual(chip.mram.read(MRAM_BASE, small.length), small, `bit ${bit} of ${at}`);
      });
    }
  }
});

Deno.test("lost, late or repeated replies never make a wrong read-back look right", async () => {
  const flat = new Uint8Array(20 * 16); // all lines are equal, so that a shift would not be visible by itself
  for (
    const fault of [{ kind: "drop" }, { kind: "duplicate" }, { kind: "delay", ms: 520 }] as const
  ) {
    // Line 0 is the last one that is read: what was doubled before may pass for it.
    for (let at = 5; at < 60; at += 3) {
      const wrong = MRAM_BASE + (at % 2) * 7 * 16;
      await inMaintenance({}, async (client, chip) => {
        chip.mram.load(MRAM_BASE, flat);
        chip.mram.load(wrong, Uint8Array.of(1));
        chip.spoil({ at, fault });
        const different = await compareMram(client, MRAM_BASE, flat, run).catch((error) => {
          assert.ok(isKind(error, "timeout", "protocol"), String(error));
          return wrong;
        });
        assert.equal(different, wrong, `${fault.kind} at ${at}`);
      });
    }
  }
});

Deno.test("a system package is marked, written, and starts at the next power-on", async () => {
  const system = parsedPackage(testPackage());
  await inMaintenance({}, async (client, chip) => {
    await writeSystemPackage(client, system, run);
    await client.reset();
    await waitForStart(client);
    assert.match((await identifyEnclave(client)).banner!, /v1\.110\.0/);
    assert.deepEqual(chip.mram.read(POINTER_ADDRESS, 16), system.pointer.bytes);
  });
});

Deno.test("the chip itself refuses a package with another root key, and one without a signature", async () => {
  const foreign = parsedPackage(testPackage({ root: "development" }));
  await inMaintenance({}, async (client, chip) => {
    const before = chip.mram.read(SYSTEM_BASE, 4096);
    await assert.rejects(
      writeSystemPackage(client, foreign, run),
      (error) => isNak(error, Nak.IMAGE_AUTHENTICATION_FAILED),
    );
    assert.deepEqual(chip.mram.read(SYSTEM_BASE, 4096), before);
    await assert.rejects(client.burn(SYSTEM_BASE, 16), (e) => isNak(e, Nak.BAD_DESTINATION_ADDR));
    await assert.rejects(client.burn(SYSTEM_BASE, 16, 5), (e) => isNak(e, Nak.BAD_AUTH_TOKEN));
  });
});

Deno.test("the ROM accepts a package line by line, despite lost and damaged frames", async () => {
  const system = parsedPackage(testPackage());
  const faults: LineFault[] = [
    { kind: "drop" },
    { kind: "flip", bit: 50 },
    { kind: "duplicate" },
    nak(Nak.MRAM_WRITE_FAILED),
  ];
  for (const fault of faults) {
    for (const at of [1, 2, 41, 90]) {
      await inMaintenance({ system: null }, async (client, chip) => {
        chip.spoil({ at, fault });
        await recoverSystemPackage(client, system, run);
        await client.reset();
        await waitForStart(client);
        assert.equal((await client.enquiry()).source, "SES", `${fault.kind} at ${at}`);
      });
    }
  }
});

Deno.test("an incomplete package does not start, and the ROM says why", async () => {
  const files = testPackage();
  const system = parsedPackage(files);
  const lostLines = [SYSTEM_BASE + 160 + 2560, SYSTEM_BASE + 160 + 2 * 2560 + 512];
  await inMaintenance({ system: null, traps: { lostLines } }, async (client) => {
    await recoverSystemPackage(client, system, run);
    await client.reset();
    await waitForStart(client);
    const { source, error } = await client.enquiry();
    assert.deepEqual([source, error], ["SEROM", 0x26]);
  });
});

Deno.test("writing reaches the line's rate", async () => {
  await inMaintenance({}, async (client, chip) => {
    const start = chip.clock.now();
    await writeImage(client, MRAM_BASE, image, run);
    const frames = image.length / 240;
    const ideal = lineMs(frames * (245 + 3), BULK_BAUD);
    const took = chip.clock.now() - start;
    assert.ok(ideal / took > 0.9, `${ideal} of ${took} ms`);
  });
});

Deno.test("a stopped write ends between frames", async () => {
  await inMaintenance({}, async (client, chip) => {
    const stop = new AbortController();
    const slow = { signal: stop.signal, slow: true };
    const writing = assert.rejects(writeImage(client, MRAM_BASE, image, slow), kind("cancelled"));
    await chip.clock.sleep(1_000);
    stop.abort();
    await writing;
    await enterMaintenance(client);
    await writeImage(client, MRAM_BASE, testBootloader, run);
    assert.equal(await compareMram(client, MRAM_BASE, testBootloader, run), undefined);
  });
});
