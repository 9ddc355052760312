import assert from "node:assert/strict";
import {
  testBootloader,
  testChip,
  type TestChipOptions,
  testPackage,
  testPart,
  testToc,
} from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { Command, Get } from "../packets/command.ts";
import { Nak } from "../packets/error_code.ts";
import { encodeFrame } from "../packets/frame.ts";
import { MRAM_BASE, MRAM_SIZE, SYSTEM_BASE, TOC_ADDRESS } from "../packets/memory_map.ts";
import { FrameReceiver, type Received } from "./receiver.ts";
import { rootHash } from "./sample/sign.ts";

/** Every command of the enclave's ROM and firmware, frame by frame (alif-isp.md B.3 to B.6, C.6). */

const { ACK, NAK, DATA_RESPONSE } = Command;
const words = (...values: number[]) => new Uint8Array(new Uint32Array(values).buffer);
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Runs `work` with a chip that has started. `ask` returns each reply as text. */
async function withChip(
  options: TestChipOptions,
  work: (
    rig: ReturnType<typeof testChip> & {
      readonly ask: (command: number, payload?: Uint8Array) => string[];
      readonly data: (command: number, payload?: Uint8Array) => Uint8Array[];
      readonly send: (bytes: Uint8Array) => string[];
    },
  ) => Promise<void>,
): Promise<void> {
  const chip = testChip(options);
  await chip.clock.run(async () => {
    const { line, enclave, clock } = chip;
    let replies: Received[] = [];
    const receiver = new FrameReceiver(clock);
    const { send: pass } = line;
    line.send = (bytes) => {
      replies.push(...receiver.push(bytes));
      pass.call(line, bytes);
    };
    enclave.powerOn();
    await clock.sleep(1_000);
    const given = (bytes: Uint8Array) => {
      replies = [];
      receiver.clear();
      enclave.receive(bytes);
      return replies;
    };
    const send = (bytes: Uint8Array) =>
      given(bytes).map(({ command, payload }) =>
        command === ACK
          ? "ack"
          : command === NAK
          ? `nak ${payload.toHex()}`
          : command === DATA_RESPONSE
          ? payload.toHex()
          : `${command} ${payload.toHex()}`
      );
    const ask = (command: number, payload?: Uint8Array) => send(encodeFrame(command, payload));
    const data = (command: number, payload?: Uint8Array) =>
      given(encodeFrame(command, payload)).map(({ payload }) => payload);
    await work({ ...chip, ask, data, send });
    enclave.powerOff();
  });
}
const nak = (code: number) => [`nak ${code.toString(16)}`];

Deno.test("SES: only START, STOP and RESET are accepted outside a session", () =>
  withChip({}, async ({ ask, enclave }) => {
    const session = [0x04, 0x05, 0x08, 0x0F, 0x10, 0x11, 0x12, 0x14, 0x16, 0x19, 0x55];
    for (const command of session) assert.deepEqual(ask(command), nak(Nak.UNEXPECTED_COMMAND));
    assert.deepEqual(ask(Command.START_ISP), ["ack"]);
    assert.deepEqual(ask(Command.ENQUIRY), ["02" + "00".repeat(12)]);
    assert.deepEqual(ask(0x55), nak(Nak.UNKNOWN_COMMAND));
    assert.deepEqual(ask(Command.MRAM_WRITE, new Uint8Array(20)), nak(Nak.UNKNOWN_COMMAND));
    assert.deepEqual(ask(Command.STOP_ISP), ["ack"]);
    assert.deepEqual(ask(Command.ENQUIRY), nak(Nak.UNEXPECTED_COMMAND));
    assert.deepEqual(ask(Command.RESET_DEVICE), ["ack"]);
    assert.equal(enclave.state, undefined, "it starts again");
  }));

Deno.test("a damaged frame is refused, in a session or not", () =>
  withChip({}, async ({ send }) => {
    assert.deepEqual(send(Uint8Array.of(3, 0, 0xFC)), nak(Nak.CHECKSUM_ERROR));
  }));

Deno.test("SES: payloads of the wrong length, and objects that it does not know", () =>
  withChip({}, async ({ ask }) => {
    ask(Command.START_ISP);
    for (const [command, length] of [[0x14, 3], [0x11, 3], [0x19, 4], [0x12, 3]]) {
      assert.deepEqual(ask(command, new Uint8Array(length)), nak(Nak.BAD_PACKET_SIZE));
    }
    for (const length of [0, 7, 9, 11, 13]) {
      assert.deepEqual(ask(0x08, new Uint8Array(length)), nak(Nak.BAD_PACKET_SIZE));
    }
    for (const object of [0, 3, 0x0A, 0x10]) {
      assert.deepEqual(ask(0x14, words(object)), nak(Nak.UNKNOWN_GET_OBJECT));
    }
    assert.deepEqual(ask(0x14, words(Get.LOG_BUFFER_INFO)), ["00".repeat(12)]);
  }));

Deno.test("SES: rates from 9600 to 1000000, from the next command on", () =>
  withChip({}, async ({ ask, enclave }) => {
    ask(Command.START_ISP);
    assert.deepEqual(ask(Command.GET_BAUD_RATE), [words(55_000).toHex()]);
    for (
      const [rate, isGood] of [[9_599, false], [9_600, true], [1_000_000, true], [
        1_000_001,
        false,
      ]] as const
    ) {
      const before = enclave.baudRate;
      assert.deepEqual(ask(0x11, words(rate)), isGood ? ["ack"] : nak(Nak.NOT_ALLOWED));
      assert.equal(enclave.baudRate, isGood ? rate : before);
    }
    assert.deepEqual(ask(Command.GET_BAUD_RATE), [words(1_000_000).toHex()]);
  }));

const readAt = (offset: number, count = 16) => Uint8Array.of(...words(offset), count);
const SYSTEM_OFFSET = SYSTEM_BASE - MRAM_BASE;

Deno.test("SES: lines of the application's memory are read, and nothing else", () =>
  withChip({}, async ({ ask, mram }) => {
    ask(Command.START_ISP);
    const last = SYSTEM_OFFSET - 16;
    for (const offset of [0, 0x10, last]) {
      assert.deepEqual(ask(0x19, readAt(offset)), [mram.read(MRAM_BASE + offset, 16).toHex()]);
    }
    assert.deepEqual(ask(0x19, readAt(0, 15)), nak(Nak.BAD_PACKET_SIZE));
    assert.deepEqual(ask(0x19, readAt(0, 32)), nak(Nak.BAD_PACKET_SIZE));
    assert.deepEqual(ask(0x19, readAt(8)), nak(Nak.MRAM_OFFSET_MISALIGNED));
    assert.deepEqual(ask(0x19, readAt(SYSTEM_OFFSET)), nak(Nak.ILLEGAL_ADDRESS));
  }));

for (const options of [{ lifeCycle: 5 }, { traps: { noReadBack: true } }]) {
  Deno.test(`SES: no memory is read with ${JSON.stringify(options)}`, () =>
    withChip(options, async ({ ask }) => {
      ask(Command.START_ISP);
      assert.deepEqual(ask(0x19, readAt(0)), nak(Nak.NOT_ALLOWED));
    }));
}

const block = (data: Uint8Array) => Uint8Array.of(0x55, 0x55, ...data);

Deno.test("SES: an image is announced, sent and completed, in this order", () =>
  withChip({}, async ({ ask, mram }) => {
    ask(Command.START_ISP);
    assert.deepEqual(ask(0x04, block(new Uint8Array(16))), nak(Nak.UNEXPECTED_COMMAND));
    assert.deepEqual(ask(0x05), nak(Nak.UNEXPECTED_COMMAND));
    assert.deepEqual(ask(0x08, words(MRAM_BASE, 32)), ["ack"]);
    for (const wrong of [[0x55, 0x54, 1], [0x54, 0x55, 1], [0x55, 0x55], [0x55], []]) {
      assert.deepEqual(ask(0x04, Uint8Array.from(wrong)), nak(Nak.BAD_PACKET_SIZE));
    }
    assert.deepEqual(ask(0x04, block(new Uint8Array(31).fill(1))), ["ack"]);
    assert.deepEqual(ask(0x04, block(Uint8Array.of(2, 3))), nak(Nak.MRAM_LENGTH_TOO_LARGE));
    assert.deepEqual(ask(0x04, block(Uint8Array.of(2))), ["ack"]);
    assert.deepEqual(ask(0x05), ["ack"]);
    assert.equal(mram.read(MRAM_BASE, 32).toHex(), "01".repeat(31) + "02");
    assert.deepEqual(ask(0x05), nak(Nak.UNEXPECTED_COMMAND));
    assert.deepEqual(ask(0x08, words(MRAM_BASE, 32)), ["ack"]);
    assert.deepEqual(ask(0x05), nak(Nak.BAD_PACKET_SIZE), "nothing was sent");
  }));

Deno.test("SES: a signed image needs its own chain, token and content", async () => {
  const { image, imageSign } = testPackage();
  const foreign = testPackage({ root: "development" });
  await withChip({}, async ({ ask, mram }) => {
    ask(Command.START_ISP);
    const transfer = (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; at += 240) {
        assert.deepEqual(ask(0x04, block(bytes.subarray(at, at + 240))), ["ack"]);
      }
      return ask(0x05);
    };
    const begin = (token: number) => ask(0x08, words(SYSTEM_BASE, image.length, token));
    const refused = nak(Nak.IMAGE_AUTHENTICATION_FAILED);
    assert.deepEqual(begin(7), nak(Nak.BAD_AUTH_TOKEN));
    const turned = imageSign.slice();
    turned[1680 + 440] ^= 1;
    for (
      const chain of [
        foreign.imageSign,
        turned,
        imageSign.subarray(0, -1),
        joined(imageSign, Uint8Array.of(0)),
        imageSign.subarray(1680),
        new Uint8Array(2560),
      ]
    ) {
      assert.deepEqual(ask(0x12, words(7)), ["ack"]);
      assert.deepEqual(transfer(chain), refused);
      assert.deepEqual(begin(7), nak(Nak.BAD_AUTH_TOKEN));
    }
    assert.deepEqual(ask(0x12, words(7)), ["ack"]);
    assert.deepEqual(transfer(imageSign), ["ack"]);
    assert.deepEqual(begin(8), nak(Nak.BAD_AUTH_TOKEN));
    assert.deepEqual(begin(7), ["ack"]);
    const wrong = image.slice();
    wrong[300] ^= 1;
    assert.deepEqual(transfer(wrong), nak(Nak.IMAGE_VERIFICATION_FAILED));
    assert.deepEqual(begin(7), ["ack"]);
    assert.deepEqual(transfer(image), ["ack"]);
    assert.deepEqual(mram.read(SYSTEM_BASE, image.length), image);
    assert.deepEqual(ask(0x12, words(9)), ["ack"], "a new token ends the old one");
    assert.deepEqual(begin(7), nak(Nak.BAD_AUTH_TOKEN));
  });
  await withChip({ hbk0: new Uint8Array(16) }, async ({ ask }) => {
    ask(Command.START_ISP);
    ask(0x12, words(7));
    for (let at = 0; at < 2560; at += 240) {
      ask(0x04, block(foreign.imageSign.subarray(at, at + 240)));
    }
    assert.deepEqual(ask(0x05), ["ack"], "a chip without a root key trusts every chain");
  });
});

Deno.test("SES: a chain that is announced is forgotten when an image begins", () =>
  withChip({}, async ({ ask, mram }) => {
    ask(Command.START_ISP);
    ask(0x12, words(7));
    assert.deepEqual(ask(0x08, words(MRAM_BASE, 16)), ["ack"]);
    assert.deepEqual(ask(0x04, block(new Uint8Array(16).fill(5))), ["ack"]);
    assert.deepEqual(ask(0x05), ["ack"]);
    assert.equal(mram.read(MRAM_BASE, 1)[0], 5);
  }));

/** cpu, booted, address of each processor that runs. */
const booted = (status: Uint8Array) =>
  Array.from({ length: 7 }, (_, at) => status.subarray(at * 6, at * 6 + 6))
    .filter((record, at) => {
      assert.equal(record[0], at);
      return record[1] !== 0 || record.subarray(2).some((byte) => byte !== 0);
    })
    .map((record) => record.toHex());

const noTable = new Uint8Array(testToc.length);
for (
  const [what, options, cpus, tables] of [
    ["a table", {}, ["020100000080"], [0, 1]],
    ["no table", { toc: noTable }, [], [0]],
    ["a table whose image is damaged", { bootloader: testBootloader.map((byte) => byte ^ 1) }, [], [
      ...[0, 1],
    ]],
  ] as const
) {
  Deno.test(`SES: processors and tables with ${what}`, () =>
    withChip(options, async ({ ask, data }) => {
      ask(Command.START_ISP);
      const [status] = data(0x14, words(Get.CPU_STATUS));
      assert.equal(status.length, 42);
      assert.deepEqual(booted(status), cpus);
      const lines = data(0x14, words(Get.MRAM_CONTENTS));
      assert.equal(lines.at(-1)!.toHex(), "a6");
      assert.deepEqual(lines.slice(0, -1).map((line) => line[5]), tables);
      const kinds = lines.slice(0, -1).map((line) => line.toHex());
      const system = `a5${words(SYSTEM_BASE, 0).toHex()}414c4946544f4331` + "2000030020000100";
      const application = `a5${words(TOC_ADDRESS, 1).toHex()}4f454d544f433031` + "2000040020000100";
      assert.deepEqual(kinds, [system, application].slice(0, tables.length));
    }));
}

Deno.test("SES in maintenance: no table was read, and ENQUIRY says so", () =>
  withChip({}, async ({ ask, data, clock, enclave }) => {
    ask(Command.START_ISP);
    assert.deepEqual(ask(Command.SET_MAINTENANCE_FLAG), ["ack"]);
    ask(Command.RESET_DEVICE);
    await clock.sleep(1_000);
    ask(Command.START_ISP);
    assert.deepEqual(ask(Command.ENQUIRY), ["02" + "00".repeat(8) + "01000000"]);
    assert.deepEqual(booted(data(0x14, words(Get.CPU_STATUS))[0]), []);
    assert.equal(data(0x14, words(Get.MRAM_CONTENTS)).length, 2);
    ask(Command.RESET_DEVICE);
    await clock.sleep(1_000);
    assert.equal(enclave.isMaintenance, false, "the flag holds for one start");
  }));

Deno.test("who the chip is, from firmware and ROM alike", async () => {
  for (const system of [undefined, null]) {
    await withChip({ ...(system === null && { system }), soc: 0xB300 }, async ({ ask, data }) => {
      ask(Command.START_ISP);
      const [revision] = data(0x14, words(Get.REVISION));
      assert.equal(revision.length, 133);
      assert.equal(revision.subarray(0, 4).toHex(), "00b30000");
      assert.equal(new TextDecoder().decode(revision.subarray(4, 19)), testPart);
      assert.deepEqual(revision.subarray(20, 36), rootHash("production"));
      assert.ok(revision.subarray(36, 92).every((byte) => byte === 0));
      assert.equal(revision.subarray(92, 104).toHex(), "00112233445566778899aabb");
      assert.equal(revision[132], 1);
    });
  }
});

const lineAt = (offset: number) => Uint8Array.of(...words(offset), ...new Uint8Array(16).fill(7));

Deno.test("SEROM: its few commands, with or without a session", () =>
  withChip({ system: null }, async ({ ask, mram, enclave }) => {
    assert.deepEqual(ask(Command.ENQUIRY), ["01" + "30000000" + "00000000"]);
    assert.deepEqual([ask(Command.START_ISP), ask(Command.STOP_ISP)], [["ack"], ["ack"]]);
    for (const payload of [words(Get.BANNER), words(Get.TOC_INFO), new Uint8Array(3)]) {
      assert.deepEqual(ask(0x14, payload), nak(Nak.UNKNOWN_GET_OBJECT));
    }
    for (const command of [0x04, 0x05, 0x08, 0x10, 0x11, 0x12, 0x16, 0x19]) {
      assert.deepEqual(ask(command, new Uint8Array(8)), nak(Nak.UNKNOWN_COMMAND));
    }
    for (const length of [19, 21]) {
      assert.deepEqual(ask(0x0D, new Uint8Array(length)), nak(Nak.BAD_PACKET_SIZE));
    }
    assert.deepEqual(ask(0x0D, lineAt(8)), nak(Nak.MRAM_OFFSET_MISALIGNED));
    assert.deepEqual(ask(0x0D, lineAt(MRAM_SIZE)), nak(Nak.BAD_DESTINATION_ADDR));
    for (const offset of [0, MRAM_SIZE - 16]) {
      assert.deepEqual(ask(0x0D, lineAt(offset)), ["ack"]);
      assert.deepEqual(mram.read(MRAM_BASE + offset, 16), new Uint8Array(16).fill(7));
    }
    assert.deepEqual(ask(Command.RESET_DEVICE), ["ack"]);
    assert.equal(enclave.state, undefined);
  }));

Deno.test("SEROM: a line that the memory loses is acknowledged all the same", () =>
  withChip({ system: null, traps: { lostLines: [MRAM_BASE + 16] } }, async ({ ask, mram }) => {
    for (const offset of [16, 32]) assert.deepEqual(ask(0x0D, lineAt(offset)), ["ack"]);
    assert.notEqual(mram.read(MRAM_BASE + 16, 1)[0], 7);
    assert.equal(mram.read(MRAM_BASE + 32, 1)[0], 7);
  }));

Deno.test("SEROM: a chip with other traps keeps every line", () =>
  withChip({ system: null, traps: { spinner: true } }, async ({ ask, mram }) => {
    ask(0x0D, lineAt(16));
    assert.equal(mram.read(MRAM_BASE + 16, 1)[0], 7);
  }));
