import assert from "node:assert/strict";
import { DfuRequest } from "../packets/request.ts";
import {
  assertKind,
  BASE,
  image,
  isRequest,
  nth,
  restore,
  restored,
  run,
  stall,
  statusOf,
  unplug,
} from "../../../../tests/support/protocols/dfu_fault_rig.ts";
import {
  type Intercept,
  never,
  pattern,
  withRom,
} from "../../../../tests/support/protocols/dfu_rig.ts";

/** The rows of dfu-dfuse.md F6: each fault and the correct reaction. */

const KIB = 1024;
const { DNLOAD, UPLOAD, GETSTATUS } = DfuRequest;

Deno.test("unplugged during a write: the error says where, and how far it was", async () => {
  const intercept = nth(8, { request: DNLOAD, block: "data" }, unplug);
  const { error } = await restore("STM32F427", { intercept });
  assertKind(error, "disconnected");
  assert.equal(error.data.phase, "write");
  assert.equal(error.data.address, BASE + 8 * 2048);
  assert.match(error.message, /0x08004000 \(\d+ %\)/);
});

Deno.test("unplugged during an erase, then the same run again: repaired", async () => {
  const intercept = nth(2, { request: GETSTATUS }, unplug);
  const first = await restore("STM32F427", { intercept });
  assertKind(first.error, "disconnected");
  const again = await withRom("STM32F427", { flash: first.flash }, async (rig) => {
    const client = await rig.open();
    await client.writeRange(BASE, image, run);
    return await client.compareRange(BASE, image, run);
  });
  assert.equal(again, undefined);
});

Deno.test("unplugged while comparing: the error names the phase", async () => {
  const intercept = nth(3, { request: UPLOAD }, unplug);
  // Blank flash makes the comparison read on.
  const error = await withRom("STM32F427", { intercept }, async (rig) => {
    const client = await rig.open();
    return await client.writeRange(BASE, image, run).catch((error: unknown) => error);
  });
  assertKind(error, "disconnected");
  assert.equal(error.data.phase, "compare");
});

Deno.test("disconnected with the leave DNLOAD, its GETSTATUS, or right after: success", async () => {
  const leaving = { request: DNLOAD, block: 0 };
  const afterAnswer: Intercept = async (_, next, { socket }) => {
    const reply = await next();
    socket.detach();
    return reply;
  };
  for (
    const intercept of [
      nth(1, leaving, unplug),
      nth(1, leaving, afterAnswer),
      nth(3, { request: GETSTATUS }, unplug),
      nth(3, { request: GETSTATUS }, stall),
    ]
  ) {
    await withRom("STM32F427", { intercept }, async (rig) => {
      const client = await rig.open();
      await client.leave(undefined, never);
    });
  }
});

Deno.test("a refused DNLOAD is sent once more, at its own address", async () => {
  for (const n of [1, 5, 16]) {
    const rig = await restored("STM32F427", {
      intercept: nth(n, { request: DNLOAD, block: "data" }, stall),
    });
    const data = rig.log.filter((line) => /^DNLOAD \d+\/(2048|2016|32)$/.test(line));
    assert.equal(data.length, 18);
  }
});

Deno.test("a refused command is sent once more", async () => {
  for (const n of [1, 2, 3, 4, 5]) {
    await restored("STM32F427", { intercept: nth(n, { request: DNLOAD, block: 0 }, stall) });
  }
});

Deno.test("a DNLOAD that is always refused fails, with the device in dfuIDLE", async () => {
  const intercept: Intercept = (setup, next, rig) =>
    isRequest(setup, { request: DNLOAD, block: "data" }) ? stall(setup, next, rig) : next();
  const { error, model } = await restore("STM32F427", { intercept });
  assertKind(error, "stalled");
  assert.equal(error.data.phase, "write");
  assert.equal(model.state, 2);
});

Deno.test("a refused or short UPLOAD is requested once more", async () => {
  await restored("STM32F427", { intercept: nth(2, { request: UPLOAD }, stall) });
  const short: Intercept = async (_, next) => (await next()).subarray(0, 7);
  await restored("STM32F427", { intercept: nth(2, { request: UPLOAD }, short) });
  const { error } = await restore("STM32F427", {
    intercept: (setup, next, rig) => setup.bRequest === UPLOAD ? short(setup, next, rig) : next(),
  });
  assertKind(error, "protocol");
});

Deno.test("GETSTATUS refused while busy: the client sleeps instead, and succeeds", () =>
  withRom("STM32F427", { traps: { stallsWhileBusy: true } }, async (rig) => {
    rig.flash.load(BASE, pattern(32 * KIB, 99));
    const client = await rig.open();
    assert.equal(client.dfu.strict, false);
    await client.writeRange(BASE, image, run);
    assert.equal(client.dfu.strict, true);
    await client.verifyRange(BASE, image, run);
    assert.equal(rig.model.state, 2);
  }));

Deno.test("a GETSTATUS that is always refused fails at the deadline", async () => {
  let asked = 0;
  const { error } = await restore("STM32F427", {
    intercept: (setup, next, rig) =>
      isRequest(setup, { request: GETSTATUS }) && ++asked > 4 ? stall(setup, next, rig) : next(),
  });
  assertKind(error, "stalled");
  assert.ok(asked < 150, `${asked} requests`);
});

Deno.test("a GETSTATUS held for 6 s is awaited; for 15 s and 40 s it ends at the deadline", async () => {
  await restored("STM32F427", { traps: { extraEraseMs: 6000 } });
  for (const extraEraseMs of [15_000, 40_000]) {
    const { error, clock } = await restore("STM32F427", { traps: { extraEraseMs } });
    assertKind(error, "timeout");
    assert.match(error.message, /erase the sector at 0x08000000 within 10 s/);
    assert.ok(clock.elapsed < 30_000);
  }
});

Deno.test("endless dfuDNBUSY ends at the deadline, with poll time 0, 1000 and 0xFFFFFFFF", async () => {
  for (const poll of [0, 1000, 0xffffff]) {
    for (const strict of [false, true]) {
      let asked = 0, erasing = false;
      const intercept: Intercept = async (setup, next, { data }) => {
        if (setup.bRequest === DNLOAD) erasing = data[0] === 0x41;
        if (setup.bRequest !== GETSTATUS || !erasing) return await next();
        asked++;
        return statusOf(0, 4, poll);
      };
      const error = await withRom("STM32F427", { intercept }, async (rig) => {
        rig.flash.load(BASE, pattern(64));
        const client = await rig.open({ strict });
        const start = rig.clock.now();
        const error = await client.writeRange(BASE, image, run).catch((error: unknown) => error);
        // The erase and then the way back to dfuIDLE, each with a deadline of 10 s.
        assert.ok(rig.clock.now() - start <= 21_000, `${rig.clock.now() - start} ms`);
        return error;
      });
      assertKind(error, "timeout");
      assert.equal(error.data.stateName, "dfuDNBUSY");
      assert.ok(asked < 11_000, `${asked} requests for poll ${poll}`);
    }
  }
});

Deno.test("H743 revision V: the stuck erase above 1 MiB is ended by two CLRSTATUS", () =>
  withRom("STM32H743", {}, async (rig) => {
    const address = 0x08100000;
    rig.flash.load(address, pattern(128 * KIB, 5));
    const client = await rig.open();
    const start = rig.clock.now();
    await client.writeRange(address, image, run);
    assert.ok(rig.clock.now() - start < 3000);
    await client.verifyRange(address, image, run);
    assert.equal(rig.log.filter((line) => line === "CLRSTATUS").length, 2);
    assert.equal(rig.model.state, 2);
  }));

Deno.test("H743 revision V: a stuck erase that erased nothing is detected", () =>
  withRom("STM32H743", {}, async (rig) => {
    const address = 0x08100000;
    rig.flash.load(address, pattern(128 * KIB, 5));
    rig.flash.protect(address, 1);
    const client = await rig.open();
    const error = await client.writeRange(address, image, run).catch((error: unknown) => error);
    assertKind(error, "device-status");
    assert.match(error.message, /not blank/);
  }));

Deno.test("H743 revision Y does not need this", () =>
  withRom("STM32H743", { revision: "Y" }, async (rig) => {
    rig.flash.load(0x08100000, pattern(64));
    const client = await rig.open();
    await client.writeRange(0x08100000, image, run);
    await client.verifyRange(0x08100000, image, run);
    assert.ok(!rig.log.includes("CLRSTATUS"));
  }));

Deno.test("a short GETSTATUS is requested again once, but not more often", async () => {
  for (const length of [0, 1, 5]) {
    const short: Intercept = async (_, next) => (await next()).subarray(0, length);
    await restored("STM32F427", { intercept: nth(1, { request: GETSTATUS }, short) });
    let asked = 0;
    const { error } = await restore("STM32F427", {
      intercept: (setup, next, rig) => {
        if (setup.bRequest !== GETSTATUS) return next();
        asked++;
        return short(setup, next, rig);
      },
    });
    assertKind(error, "protocol");
    assert.equal(error.data.length, length);
    assert.equal(asked, 2);
  }
});

Deno.test("impossible states after a block are a protocol error", async () => {
  for (const [bStatus, bState] of [[0, 2], [0, 8], [0, 15], [0, 10], [0, 9], [3, 5]]) {
    const intercept: Intercept = (() => {
      let armed = false, done = false;
      return async (setup, next) => {
        if (isRequest(setup, { request: DNLOAD, block: "data" })) armed = true;
        const reply = await next();
        if (setup.bRequest !== GETSTATUS || !armed || done) return reply;
        done = true;
        return statusOf(bStatus, bState);
      };
    })();
    const { error } = await restore("STM32F427", { intercept });
    assertKind(error, "protocol");
    assert.equal(error.data.state, bState);
    assert.equal(error.data.phase, "write");
  }
});

Deno.test("a device that is done at the first GETSTATUS is accepted", async () => {
  const rig = await restored("STM32F427", {
    intercept: async (setup, next) => {
      const reply = await next();
      return setup.bRequest === GETSTATUS && reply[4] === 4 ? await next() : reply;
    },
  });
  assert.ok(rig.log.every((line) => line !== "GETSTATUS 4"));
});

Deno.test("named errors of the device are passed on with name and meaning", async () => {
  const intercept = nth(7, { request: GETSTATUS }, async (_, next) => {
    await next();
    return statusOf(3, 10);
  });
  const { error } = await restore("STM32F427", { intercept });
  assertKind(error, "device-status");
  assert.equal(error.data.statusName, "errWRITE");
  assert.match(String(error.data.meaning), /cannot write/);
});

Deno.test("read protection is `protected`, before anything is changed", async () => {
  for (const readProtection of ["errVENDOR", "errVENDOR-always", "drop"] as const) {
    const { error, flash, model } = await restore("STM32F427", { traps: { readProtection } });
    assertKind(error, "protected");
    assert.deepEqual(flash.read(BASE, 64), pattern(64, 99));
    assert.equal(flash.counters.erases, 0);
    assert.equal(model.state, 2);
    const blind = await withRom("STM32F427", { traps: { readProtection } }, async (rig) => {
      const client = await rig.open();
      await client.writeRange(BASE, image, { ...run, compareFirst: false });
      await client.verifyRange(BASE, image, run);
    }).catch((error: unknown) => error);
    assertKind(blind, "protected");
  }
});

Deno.test("a silently write-protected sector is detected by reading back", async () => {
  const error = await withRom("STM32F427", {}, async (rig) => {
    rig.flash.load(BASE, pattern(32 * KIB, 99));
    rig.flash.protect(BASE + 16 * KIB, 1);
    const client = await rig.open();
    const error = await client.writeRange(BASE, image, run).catch((error: unknown) => error);
    assertKind(await client.verifyRange(BASE, image, run).catch((one) => one), "verify-failed");
    return error;
  });
  assertKind(error, "verify-failed");
  assert.equal(error.data.sector, BASE + 16 * KIB);
});

Deno.test("lost writes above 1 MiB of an F427 are detected by reading back", async () => {
  const error = await withRom("STM32F427", {}, async (rig) => {
    const client = await rig.open();
    return await client.writeRange(0x08100000, image, run).catch((error: unknown) => error);
  });
  assertKind(error, "verify-failed");
  assert.equal(error.data.address, 0x08100020);
});

Deno.test("one wrong byte is detected, whether written or read wrongly; the next run repairs it", async () => {
  const flip: Intercept = async (_, next, { data }) => {
    data[100] ^= 0x04;
    return await next();
  };
  const intercept = nth(5, { request: DNLOAD, block: "data" }, flip);
  await withRom("STM32F427", { intercept }, async (rig) => {
    rig.flash.load(BASE, pattern(64));
    const client = await rig.open();
    const error = await client.writeRange(BASE, image, run).catch((error: unknown) => error);
    assertKind(error, "verify-failed");
    assert.equal(error.data.address, BASE + 5 * 2048 + 100);
    assert.ok(rig.flash.isBlank(BASE, 32), "a damaged program does not start");
    await client.writeRange(BASE, image, run);
    await client.verifyRange(BASE, image, run);
  });
});
