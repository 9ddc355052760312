import assert from "node:assert/strict";
import type { ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { MbootClient, type MbootOptions } from "./mboot_client.ts";

/** Leftovers, faults, limits and deadlines of a session, against a script without a model. */

const signal = new AbortController().signal;
const SILENT: Reply = { fails: "timeout" }, GONE: Reply = { fails: "disconnected" };
const property = (value: string) => `03 00 0c 00 a7 00 00 02 00 00 00 00 ${value}`;
const VERSION = property("00 08 02 4b"), PAYLOAD = property("f4 03 00 00");
const ASK_VERSION = "02: 01 00 0c 00 07 00 00 02 01 00 00 00 00 00 00 00";
const ASK_PAYLOAD = "02: 01 00 0c 00 07 00 00 02 0b 00 00 00 00 00 00 00";
const ABORT_DATA = "02: 01 00 00 00";
const generic = (command: string, status = "00 00 00 00") =>
  `03 00 0c 00 a0 00 00 02 ${status} ${command} 00 00 00`;

interface Script {
  readonly replies: readonly (string | Reply)[];
  readonly refused?: Readonly<Record<number, ErrorKind>>;
  readonly options?: Partial<MbootOptions>;
}

async function play<T>(
  { replies, refused, options }: Script,
  work: (client: MbootClient, clock: VirtualClock) => Promise<T>,
) {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({}, replies, refused);
  const end: { value?: T; error?: UnbrickError } = await clock.run(async () => {
    try {
      const client = await MbootClient.connect(device, { clock, signal, ...options });
      return { value: await work(client, clock) };
    } catch (error) {
      return { error: error as UnbrickError };
    }
  });
  const { sent, deadlines, left } = device;
  return { ...end, sent, deadlines, left, ms: clock.elapsed };
}

/** A session with a loader that was just started. */
const fresh = <T>(
  replies: readonly (string | Reply)[],
  work: (client: MbootClient, clock: VirtualClock) => Promise<T>,
  { options, ...rest }: Partial<Script> = {},
) =>
  play(
    { replies: [VERSION, PAYLOAD, ...replies], options: { isFresh: true, ...options }, ...rest },
    work,
  );

const versionOf = (client: MbootClient) => Promise.resolve(client.version);

Deno.test("leftovers are read until the loader is silent, at most 64, whatever they are", async () => {
  for (const leftovers of [[], [VERSION], [generic("04"), "03", ""], Array(63).fill(VERSION)]) {
    const end = await play({ replies: [...leftovers, SILENT, VERSION, PAYLOAD] }, versionOf);
    assert.deepEqual([end.value, end.left], [0x4b020800, 0]);
    assert.deepEqual(end.sent, [ASK_VERSION, ASK_PAYLOAD]);
    assert.deepEqual(end.deadlines, [
      ...Array(leftovers.length + 1).fill(50),
      1000,
      1000,
      5000,
      5000,
    ]);
  }
  const endless = await play({ replies: [...Array(64).fill("03"), VERSION, PAYLOAD] }, versionOf);
  assert.deepEqual([endless.value, endless.left], [0x4b020800, 0]);
  const gone = await play({ replies: [GONE] }, versionOf);
  assert.deepEqual([gone.error?.kind, gone.sent], ["disconnected", []]);
});

Deno.test("a loader that is out of sync gets an empty command once, and is asked again", async () => {
  const wrong = [
    SILENT,
    "03",
    generic("07"),
    `04${VERSION.slice(2)}`,
    VERSION.replace("02 00 00 00 00", "02 01 00 00 00"),
    "03 00 04 00 a7 00 00 01",
  ];
  for (const answer of wrong) {
    const recovered = await fresh([], versionOf, {
      replies: [answer, "03", SILENT, SILENT, VERSION, PAYLOAD],
      options: { isFresh: true },
    });
    assert.deepEqual([recovered.value, recovered.left], [0x4b020800, 0]);
    assert.deepEqual(recovered.sent, [ASK_VERSION, ABORT_DATA, ASK_VERSION, ASK_PAYLOAD]);
    const quiet = [100, 100, 1000, 100];
    assert.deepEqual(recovered.deadlines, [1000, 1000, ...quiet, 1000, 1000, 5000, 5000]);
    const lost = await play({
      replies: [answer, SILENT, SILENT, answer],
      options: { isFresh: true },
    }, versionOf);
    assert.deepEqual([lost.error?.kind, lost.left], ["protocol", 0]);
    assert.equal(lost.error?.message, "The bootloader does not answer correctly.");
  }
});

Deno.test("a failed transfer of the greeting: only silence means that the loader is out of sync", async () => {
  const cases: [number, ErrorKind, Script["replies"], sent: number, kind?: ErrorKind][] = [
    [1, "timeout", [SILENT, SILENT, VERSION, PAYLOAD], 4],
    [1, "stalled", [], 1, "stalled"],
    [2, "timeout", [SILENT, SILENT, SILENT, VERSION, PAYLOAD], 4],
    [2, "stalled", [SILENT, SILENT], 2, "stalled"],
  ];
  for (const [at, kind, replies, sent, error] of cases) {
    const end = await fresh([], versionOf, { replies, refused: { [at]: kind } });
    assert.deepEqual([end.error?.kind, end.sent.length, end.left], [error, sent, 0]);
  }
});

Deno.test("a loader that does not know its version or its payload is used with the usual ones", async () => {
  const nothing = "03 00 08 00 a7 00 00 01 00 00 00 00", zero = property("00 00 00 00");
  for (const payload of [nothing, zero]) {
    const { value, sent } = await play(
      { replies: [nothing, payload, generic("04"), generic("04")], options: { isFresh: true } },
      async (client) => {
        await client.writeMemory(0, new Uint8Array(1000));
        return client.version;
      },
    );
    assert.equal(value, 0);
    assert.equal(sent.length, 4);
    assert.ok(sent[3].startsWith("02: 02 00 e8 03 "), "one report of 1000 bytes");
  }
});

Deno.test("every command has its own deadline for the answer, unless the caller has one for all", async () => {
  const works: [string, number, (client: MbootClient) => Promise<unknown>][] = [
    [generic("05"), 5000, (client) => client.fillMemory(0, 4, 0)],
    [generic("11"), 10_000, (client) => client.configureMemory(9, 0)],
    [generic("02"), 5000 + 3 * 400, (client) => client.eraseRegion(0, 2 * 4096 + 1)],
    [generic("01"), 600_000, (client) => client.eraseAll(9)],
    [generic("0e"), 5000, (client) => client.programOnce(6, 1)],
    [generic("0b"), 2000, (client) => client.reset()],
  ];
  for (const [answer, ms, work] of works) {
    const own = await fresh([answer], work);
    assert.deepEqual([own.error, own.deadlines.slice(4)], [undefined, [5000, ms]]);
    const given = await fresh([answer], work, { options: { timeoutMs: 77 } });
    assert.deepEqual([given.error, given.deadlines.slice(4)], [undefined, [77, 77]]);
  }
  const silent = await fresh([SILENT], (client) => client.eraseAll(9));
  assert.equal(
    silent.error?.message,
    "The bootloader did not answer flash-erase-all 9 within 600000 ms.",
  );
  assert.deepEqual(silent.error?.data, { command: "flash-erase-all 9", milliseconds: 600_000 });
  assert.equal((silent.error?.cause as UnbrickError).kind, "timeout");
  const gone = await fresh([GONE], (client) => client.eraseAll(9));
  assert.deepEqual([gone.error?.kind, gone.error?.cause], ["disconnected", undefined]);
});

Deno.test("a property has its values, or the status with the command's name", async () => {
  const unknown = "03 00 08 00 a7 00 00 01 3c 28 00 00";
  const refused = await fresh([unknown], (client) => client.getProperty(3));
  assert.equal(
    refused.error?.message,
    "The bootloader answered get-property 3 with status 10300: unknown property.",
  );
  assert.deepEqual(refused.error?.data, {
    command: "get-property 3",
    status: 10_300,
    statusName: "unknown property",
  });
  const empty = await fresh(["03 00 04 00 a7 00 00 00"], (client) => client.getProperty(3));
  assert.equal(empty.error?.data.status, 1, "an answer without a status is a failure");
  const generally = await fresh(
    ["03 00 04 00 a0 00 00 00", SILENT],
    (client) => client.eraseAll(9),
  );
  assert.equal(generally.error?.kind, "timeout", "an answer that names no command is none");
  const words =
    "03 00 20 00 a7 00 00 07 00 00 00 00 1f 00 00 00 00 00 00 60 00 40 00 00 00 01 00 00 " +
    "00 10 00 00 00 00 01 00";
  const memory = await fresh([words], (client) => client.externalMemory(9));
  assert.deepEqual(memory.value, {
    start: 0x6000_0000,
    sizeKiB: 0x4000,
    pageSize: 256,
    sectorSize: 4096,
    blockSize: 65_536,
  });
  assert.equal((await fresh([unknown], (client) => client.externalMemory(9))).value, undefined);
});

Deno.test("at most eight answers to older commands are passed over; a data report is no answer", async () => {
  const erase = (client: MbootClient) => client.eraseAll(9);
  const stale = [generic("02"), `04${generic("01").slice(2)}`, "03 00 02 00 a0 00", PAYLOAD];
  for (const one of stale) {
    const last = await fresh([...Array(8).fill(one), generic("01")], erase);
    assert.deepEqual([last.error, last.left], [undefined, 0]);
    const { error, left } = await fresh([...Array(9).fill(one), generic("01")], erase);
    assert.deepEqual([error?.kind, left], ["protocol", 1]);
    assert.equal(error?.message, "The bootloader never answered the command flash-erase-all 9.");
    assert.deepEqual(error?.data, { command: "flash-erase-all 9" });
  }
});

Deno.test("a fuse word is four bytes; any other answer is none", async () => {
  const answer = (parameters: string) => `03 00 ${parameters}`;
  const cases: [string, ErrorKind | undefined][] = [
    ["10 00 af 00 00 03 00 00 00 00 04 00 00 00 10 00 00 00", undefined],
    ["10 00 af 00 00 03 00 00 00 00 08 00 00 00 10 00 00 00", "protocol"],
    ["0c 00 af 00 00 02 00 00 00 00 04 00 00 00", "protocol"],
    ["08 00 af 00 00 01 04 00 00 00", "device-status"],
  ];
  for (const [parameters, kind] of cases) {
    const { error, value } = await fresh([answer(parameters)], (client) => client.readOnce(6));
    assert.deepEqual([error?.kind, value], [kind, kind ? undefined : 0x10]);
    if (kind !== "protocol") continue;
    assert.equal(
      error?.message,
      "The bootloader answered efuse-read-once 6 without a fuse word.",
    );
  }
});

Deno.test("a reset needs no answer, but a refusal is one", async () => {
  const cases: [string | Reply, ErrorKind?][] = [
    [SILENT],
    [GONE],
    [{ fails: "stalled" }],
    ["03", "protocol"],
    [generic("0b", "01 00 00 00"), "device-status"],
  ];
  for (const [reply, kind] of cases) {
    assert.equal((await fresh([reply], (client) => client.reset())).error?.kind, kind);
  }
  const short = await fresh(["03 00 08 00 a0"], (client) => client.reset());
  assert.equal(
    short.error?.message,
    "The bootloader sent a report that is shorter than it claims.",
  );
  assert.deepEqual(short.error?.data, { length: 5 });
});
