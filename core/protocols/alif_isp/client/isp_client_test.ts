import assert from "node:assert/strict";
import { type ErrorKind, isKind } from "../../../common/errors.ts";
import { BULK_BAUD, Command } from "../packets/command.ts";
import { callHardMaintenance, enterMaintenance, identifyEnclave, reachEnclave } from "./connect.ts";
import { isNak } from "./nak_error.ts";
import { Nak } from "../packets/error_code.ts";
import { encodeFrame } from "../packets/frame.ts";
import { atBulkRate } from "./rate.ts";
import { rootHash } from "../model/sample/sign.ts";
import {
  testChip,
  type TestChipOptions,
  testPart,
  testSerial,
} from "../../../../tests/support/protocols/alif_isp_rig.ts";

type Chip = ReturnType<typeof testChip>;
type Client = Awaited<ReturnType<Chip["connect"]>>;

/** Runs `work` with a chip that has had power for a second. */
async function withChip(
  options: TestChipOptions,
  work: (client: Client, chip: Chip) => Promise<void>,
): Promise<void> {
  const chip = testChip(options);
  await chip.clock.run(async () => {
    chip.enclave.powerOn();
    await chip.clock.sleep(1_000);
    await work(await chip.connect(), chip);
  });
}

const kind = (...kinds: ErrorKind[]) => (error: unknown) => isKind(error, ...kinds);

Deno.test("an enclave reports part, root key, serial number and version", async () => {
  await withChip({}, async (client) => {
    assert.equal(await reachEnclave(client), true);
    const { revision, enquiry, banner } = await identifyEnclave(client);
    assert.deepEqual(
      [revision.name, revision.part, revision.serial, revision.lifeCycle],
      ["B4", testPart, testSerial, 1],
    );
    assert.deepEqual(revision.hbk0, rootHash("production"));
    assert.deepEqual([enquiry.source, enquiry.isMaintenance], ["SES", false]);
    assert.match(banner!, /^SES B4 v1\.104\.0 /);
    const toc = await client.tocInfo();
    // The order, the star and the letters are those of a real E8 (real-devices.md).
    assert.deepEqual(
      toc.map(({ name, isRunning, flags }) => `${isRunning ? "*" : ""}${name} ${flags}`),
      [
        "DEVICE u V",
        "DEVICE u V",
        "*SERAM0 u s",
        "SERAM1 u s",
        "HP_BOOT u VB",
        "HP_APP u s  D",
        "HE_APP u s  D",
      ],
    );
    assert.equal(toc[0].storeAddress, 0x8057FED0);
    assert.deepEqual(
      toc.slice(2, 4).map(({ storeAddress, objectAddress }) => [storeAddress, objectAddress]),
      [[0, 0xC0], [0, 0xC0 + 2560 + 512]],
    );
    assert.deepEqual((await client.mramTables()).map(({ magic }) => magic), [
      "ALIFTOC1",
      "OEMTOC01",
    ]);
    assert.equal((await client.cpuStatus())[2].isBooted, true);
    assert.equal(await client.log(), "");
  });
});

Deno.test("an enclave without valid firmware answers from its ROM, with the reason", async () => {
  await withChip({ system: null }, async (client) => {
    assert.equal(await reachEnclave(client), true);
    const { enquiry, banner, revision } = await identifyEnclave(client);
    assert.deepEqual([enquiry.source, enquiry.error, banner], ["SEROM", 0x30, undefined]);
    assert.equal(revision.part, testPart);
    await assert.rejects(client.burn(0x80000000, 16), (e) => isNak(e, Nak.UNKNOWN_COMMAND));
  });
});

Deno.test("a device that never stops sending can be used, and a dead one costs only the deadline", async () => {
  await withChip({ traps: { chatter: true, spinner: true } }, async (client) => {
    assert.equal(await reachEnclave(client), true);
    await identifyEnclave(client);
    await enterMaintenance(client);
    assert.equal((await client.enquiry()).isMaintenance, true);
  });
  await withChip({}, async (client, chip) => {
    const injector = chip.spoil({ at: 1, fault: { kind: "flood", everyMs: 1 } });
    chip.enclave.powerOff();
    const before = chip.clock.now();
    await assert.rejects(
      client.revision(),
      (error) => isKind(error, "timeout") && /heard|frame 320/.test(`${error.data.heard}`),
    );
    assert.ok(chip.clock.now() - before < 3_000, `${chip.clock.now() - before} ms`);
    assert.equal(await reachEnclave(client), false);
    // Twelve requests of 0.55 s and four changes of the rate of 1 s.
    assert.ok(chip.clock.now() - before < 14_000, `${chip.clock.now() - before} ms`);
    injector.stop();
  });
});

Deno.test("an enclave left at the bulk rate is found and brought back", async () => {
  await withChip({}, async (client) => {
    await client.start();
    await client.setBaudRate(BULK_BAUD);
    assert.equal(await reachEnclave(client), true);
    assert.equal(client.baudRate, 55_000);
    await client.revision();
  });
});

Deno.test("an enclave that needs half a second to discard an incomplete frame is reached again", async () => {
  const torn = encodeFrame(Command.DOWNLOAD_DATA, new Uint8Array(242)).subarray(0, 100);
  for (const bulk of [false, true]) {
    await withChip({ traps: { forgetMs: 500 } }, async (client, chip) => {
      await client.start();
      if (bulk) {
        await client.setBaudRate(BULK_BAUD);
        await client.useBaudRate(BULK_BAUD);
      }
      await client.link.port.write(torn, { timeoutMs: 1_000, signal: chip.stop.signal });
      assert.equal(await reachEnclave(client), true);
      assert.equal(chip.enclave.baudRate, 55_000);
      await identifyEnclave(client);
    });
  }
});

Deno.test("requests leave the line silent for half a second, and a change of the rate for a second", async () => {
  await withChip({}, async (client, chip) => {
    chip.enclave.powerOff();
    const times: number[] = [];
    chip.line.interpose({ bytes: () => void times.push(chip.clock.now()) });
    assert.equal(await reachEnclave(client), false);
    const gaps = times.slice(1).map((time, at) => time - times[at]);
    // Four requests at the enclave's rate, two at each of four others (connect.ts).
    const changes = [3, 5, 7, 9];
    assert.equal(gaps.length, 11);
    gaps.forEach((gap, at) =>
      assert.ok(gap > (changes.includes(at) ? 1_500 : 500), `${at}: ${gap}`)
    );
  });
});

Deno.test("work runs at the bulk rate, or at the old one if the enclave does not follow", async () => {
  for (const baudStuck of [false, true]) {
    await withChip({ traps: { baudStuck } }, async (client, chip) => {
      await client.start();
      await atBulkRate(client, async () => {
        assert.equal(client.baudRate, baudStuck ? 55_000 : BULK_BAUD);
        await client.revision();
      });
      assert.equal(client.baudRate, 55_000);
      assert.equal(chip.enclave.baudRate, 55_000);
      await client.revision();
    });
  }
});

Deno.test("maintenance by flag stops the application; a chip that ignores the flag is reported", async () => {
  await withChip({}, async (client, chip) => {
    await enterMaintenance(client);
    assert.equal(chip.enclave.isMaintenance, true);
  });
  await withChip({ traps: { flagIgnored: true } }, async (client) => {
    await assert.rejects(enterMaintenance(client), kind("device-status"));
  });
  await withChip({ system: null }, async (client) => {
    await assert.rejects(enterMaintenance(client), kind("device-status"));
  });
});

Deno.test("hard maintenance reaches a mute enclave when somebody resets it", async () => {
  await withChip({ traps: { mute: true } }, async (client, chip) => {
    assert.equal(await reachEnclave(client), false);
    const { signal } = new AbortController();
    const calling = callHardMaintenance(client, signal);
    await chip.clock.sleep(60_000);
    chip.enclave.reset();
    await calling;
    assert.equal(chip.enclave.isMaintenance, true);
    await client.revision();
  });
});

Deno.test("the answer to the call is found after noise that looks like its beginning", async () => {
  await withChip({ traps: { mute: true } }, async (client, chip) => {
    const end = chip.line.interpose({
      bytes(direction, bytes, pass) {
        const isAnswer = direction === "to-host" && bytes.length === 6;
        if (!isAnswer) return pass(bytes);
        const [first, ...rest] = bytes;
        pass(Uint8Array.of(first));
        pass(Uint8Array.of(first, ...rest.slice(0, 2)));
        pass(Uint8Array.from(rest.slice(2)));
      },
    });
    const calling = callHardMaintenance(client, new AbortController().signal);
    await chip.clock.sleep(100);
    chip.enclave.reset();
    await calling;
    end();
    assert.equal(chip.enclave.isMaintenance, true);
  });
});

Deno.test("the call ends with its signal", async () => {
  await withChip({ traps: { mute: true } }, async (client, chip) => {
    const stop = new AbortController();
    const calling = assert.rejects(callHardMaintenance(client, stop.signal), kind("cancelled"));
    await chip.clock.sleep(5_000);
    stop.abort();
    await calling;
  });
});

Deno.test("a lost, late or damaged reply is requested again, and later replies are assigned correctly", async () => {
  for (
    const fault of [
      { kind: "drop" },
      { kind: "flip", bit: 77 },
      { kind: "delay", ms: 600 },
      { kind: "duplicate" },
    ] as const
  ) {
    for (const at of [1, 2]) {
      await withChip({}, async (client, chip) => {
        await client.start();
        const injector = chip.spoil({ at, fault });
        const revision = await client.revision();
        assert.equal(revision.serial, testSerial, `${fault.kind} ${at}`);
        const { source } = await client.enquiry();
        assert.equal(source, "SES", `${fault.kind} ${at}`);
        assert.equal(injector.fired, 1);
      });
    }
  }
});

Deno.test("what the enclave prints in between is shown and skipped", async () => {
  await withChip({}, async (client, chip) => {
    await client.start();
    const end = chip.line.interpose({
      bytes(direction, bytes, pass) {
        if (direction === "to-host") {
          pass(encodeFrame(0x0C, new TextEncoder().encode("hello\0")));
          pass(new TextEncoder().encode("\r\n[SES] note \b|"));
        }
        pass(bytes);
      },
    });
    assert.equal((await client.revision()).part, testPart);
    end();
    assert.deepEqual(chip.printed, ["hello"]);
  });
});

Deno.test("a port where something else answers is refused", async () => {
  await withChip({}, async (client, chip) => {
    chip.line.connect({
      baudRate: 55_000,
      receive: () => chip.line.send(encodeFrame(0xFE)),
    });
    assert.equal(await reachEnclave(client), true);
    await assert.rejects(identifyEnclave(client), kind("wrong-board", "timeout"));
    chip.line.connect({
      baudRate: 55_000,
      receive: () => chip.line.send(encodeFrame(0xFD, new Uint8Array(20))),
    });
    await assert.rejects(identifyEnclave(client), kind("wrong-board"));
  });
});

Deno.test("an adapter that disconnects ends every wait", async () => {
  await withChip({ traps: { mute: true } }, async (client, chip) => {
    const reading = assert.rejects(client.revision(), kind("disconnected"));
    await chip.clock.sleep(50);
    chip.socket.detach();
    await reading;
    await assert.rejects(reachEnclave(client), kind("disconnected"));
  });
});
