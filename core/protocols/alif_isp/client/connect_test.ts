import assert from "node:assert/strict";
import type { ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Answer, AnsweringPort } from "../../../../tests/support/protocols/answering_port.ts";
import { Command, Get } from "../packets/command.ts";
import { encodeFrame } from "../packets/frame.ts";
import { encodeTocInfoEntry } from "../packets/replies.ts";
import { refuseForeignChip } from "./chip_check.ts";
import {
  answers,
  callHardMaintenance,
  enterMaintenance,
  type FoundEnclave,
  identifyEnclave,
  reachEnclave,
  waitForStart,
} from "./connect.ts";
import { IspClient } from "./isp_client.ts";
import { atBulkRate } from "./rate.ts";

/** Finding an enclave, its rate and its identity, without a model. */

const signal = new AbortController().signal;
const frame = (command: number, ...payload: number[]) =>
  encodeFrame(command, Uint8Array.from(payload));
const ACK = frame(Command.ACK);
const data = (...payload: number[]) => frame(Command.DATA_RESPONSE, ...payload);
const nak = (code: number) => frame(Command.NAK, code);
const ascii = (line: string) => [...new TextEncoder().encode(line)];
const enquiry = (source: 1 | 2, maintenance = 0) =>
  data(source, ...Array(8).fill(0), ...(source === 2 ? [maintenance, 0, 0, 0] : []));

/** The enclave answers a command, the host's rate being what it is. */
type Enclave = (
  command: number,
  baudRate: number,
  count: number,
  payload: Uint8Array,
) => readonly Answer[];

async function play<T>(
  enclave: Enclave,
  work: (client: IspClient, port: AnsweringPort, clock: VirtualClock) => Promise<T>,
) {
  const clock = new VirtualClock(), counts = new Map<number, number>();
  const port = new AnsweringPort(clock, (bytes) => {
    const count = (counts.get(bytes[1]) ?? 0) + 1;
    counts.set(bytes[1], count);
    return enclave(bytes[1], client.baudRate, count, bytes.slice(2, -1));
  });
  const client: IspClient = new IspClient({ port, clock, signal });
  const end: { value?: T; error?: UnbrickError } = await clock.run(() =>
    work(client, port, clock).then((value) => ({ value }), (error) => ({ error }))
  );
  return { ...end, client, sent: port.sent, counts, ms: clock.elapsed };
}

const START = "03 00 FD", BACK = "07 11 D8 D6 00 00 3A", FAST = "07 11 00 10 0E 00 CA";

Deno.test("an enclave answers with anything but a damaged frame; each attempt takes 0.55 s", async () => {
  const cases: [readonly Answer[], boolean | ErrorKind, sent: number, ms: number][] = [
    [[ACK], true, 1, 0],
    [[549, ACK], true, 1, 549],
    [[nak(0xFC)], true, 1, 0],
    [[nak(0xFA)], false, 2, 0],
    [[], false, 2, 1100],
    [[data(1)], false, 2, 1100],
    [["disconnected"], "disconnected", 1, 0],
  ];
  for (const [said, expected, sent, ms] of cases) {
    const end = await play(() => said, (client) => answers(client));
    assert.deepEqual([end.error?.kind ?? end.value, end.sent.length, end.ms], [expected, sent, ms]);
  }
  const once = await play(() => [], (client) => answers(client, 1));
  assert.deepEqual([once.value, once.sent.length], [false, 1]);
});

const tries = (count: number) => Array<string>(count).fill(START);

Deno.test("each rate is tried, the enclave's own twice; one that stays fast is asked to come back", async () => {
  const all = [
    ...tries(4),
    ...["921600 baud", ...tries(2), "57600 baud", ...tries(2), "100000 baud", ...tries(2)],
    ...["55000 baud", ...tries(2)],
  ];
  const none = await play(() => [], reachEnclave);
  assert.deepEqual([none.value, none.sent, none.ms], [false, all, 12 * 550 + 4 * 1000]);
  for (const rate of [57_600, 100_000]) {
    const found = await play((_, baudRate) => baudRate === rate ? [ACK] : [], reachEnclave);
    assert.deepEqual([found.value, found.client.baudRate], [true, rate]);
    assert.deepEqual(found.sent, all.slice(0, all.indexOf(`${rate} baud`) + 2));
  }
  let isFast = true;
  const back = await play((command, baudRate) => {
    if ((baudRate === 921_600) !== isFast) return [];
    if (command === Command.SET_BAUD_RATE) isFast = false;
    return [ACK];
  }, reachEnclave);
  assert.deepEqual([back.value, back.client.baudRate], [true, 55_000]);
  assert.deepEqual(back.sent, [...tries(4), "921600 baud", START, BACK, "55000 baud", START]);
  assert.equal(back.ms, 4 * 550 + 1000 + 1000);
  // It acknowledges the change, but stays fast: the other rates are tried, too.
  const stays = await play((_, baudRate) => baudRate === 921_600 ? [ACK] : [], reachEnclave);
  assert.equal(stays.value, false);
  assert.deepEqual(stays.sent.slice(6), [BACK, "55000 baud", ...tries(2), ...all.slice(7)]);
});

/** An enclave that identifies itself; a table has these names. */
const identity =
  (banner: string, names: readonly [string, boolean, number][] = []): Enclave =>
  (command, _rate, _count, [object]) => {
    if (command === Command.ENQUIRY) return [enquiry(2)];
    if (object === Get.REVISION) return [data(...Array(133).fill(0))];
    if (object === Get.BANNER) return [data(...ascii(banner))];
    const rest = {
      cpu: 0,
      storeAddress: 0,
      objectAddress: 0,
      loadAddress: 0,
      bootAddress: 0,
      size: 0,
    };
    return [
      ...names.map(([name, isRunning, version]) =>
        data(...encodeTocInfoEntry({ ...rest, name, isRunning, version, flags: "" }))
      ),
      data(0xA8),
    ];
  };

Deno.test("the version is that of the banner, or of the running copy in the table, or of the first", async () => {
  const one = 0x0101_0000, two = 0x0202_0000;
  const cases: [Enclave, string | undefined][] = [
    [identity("SES B4 v1.104.0 x", [["SERAM0", true, one]]), "1.104.0"],
    [identity("SES", [["SERAM0", false, one], ["SERAM1", true, two]]), "2.2.0"],
    [
      identity("SES", [["DEVICE", true, two], ["SERAM1", false, one], ["SERAM2", false, two]]),
      "1.1.0",
    ],
    [
      identity("SES", [["SERAMX", true, one], ["SERAM12", false, one], ["XSERAM1", false, one]]),
      undefined,
    ],
    [identity("SES"), undefined],
  ];
  for (const [enclave, version] of cases) {
    const { value } = await play(enclave, identifyEnclave);
    assert.equal(value?.version, version);
    assert.equal("version" in value!, version !== undefined);
    assert.match(value!.banner!, /^SES/);
  }
  const rom = await play(
    (command, ...rest) =>
      command === Command.ENQUIRY ? [enquiry(1)] : identity("SES B4 v1.1.1")(command, ...rest),
    identifyEnclave,
  );
  assert.deepEqual(Object.keys(rom.value!), ["revision", "enquiry"]);
});

Deno.test("what answers otherwise is no enclave of an AE3, but silence is silence", async () => {
  for (const answer of [data(1), nak(0xEE)]) {
    const { error } = await play(() => [answer], identifyEnclave);
    assert.equal(error?.kind, "wrong-board");
    const cause = error.cause as UnbrickError;
    assert.deepEqual(error.data, { path: "/dev/ttyUSB0", reason: cause.message });
    assert.ok(error.message.startsWith(
      `The device on /dev/ttyUSB0 is not the Secure Enclave of an AE3: ${cause.message}`,
    ));
  }
  assert.equal((await play(() => [], identifyEnclave)).error?.kind, "timeout");
});

Deno.test("after a reset the enclave is asked until the deadline", async () => {
  const silent = await play(() => [], (client) => waitForStart(client, 60 + 2 * 550));
  assert.deepEqual([silent.sent.length, silent.ms], [2, 60 + 2 * 550]);
  assert.equal(
    silent.error?.message,
    "The Secure Enclave did not answer within 1160 ms after its reset.",
  );
  assert.deepEqual(silent.error?.data, { milliseconds: 1160, heard: null });
  const chatty = await play(
    () => [new TextEncoder().encode("boot\n")],
    (client) => waitForStart(client, 100),
  );
  assert.equal(chatty.error?.data.heard, "boot");
  const usual = await play(
    (_, __, count) => count === 4 ? [ACK] : [],
    (client) => waitForStart(client),
  );
  assert.deepEqual([usual.error, usual.ms], [undefined, 60 + 3 * 550]);
});

Deno.test("maintenance is asked for three times at most, and never of the ROM", async () => {
  const always = (maintenance: (count: number) => number): Enclave => (command, _rate, count) =>
    command === Command.ENQUIRY ? [enquiry(2, maintenance(count))] : [ACK];
  const is = await play(always(() => 1), enterMaintenance);
  assert.deepEqual([is.error, is.sent.length], [undefined, 2]);
  for (const [count, kind] of [[4, undefined], [5, "device-status"]] as const) {
    const end = await play(always((asked) => asked === count ? 1 : 0), enterMaintenance);
    assert.equal(end.error?.kind, kind);
    const { SET_MAINTENANCE_FLAG, STOP_ISP, RESET_DEVICE } = Command;
    for (const command of [SET_MAINTENANCE_FLAG, STOP_ISP, RESET_DEVICE]) {
      assert.equal(end.counts.get(command), 3);
    }
    if (!kind) continue;
    assert.deepEqual(end.error?.data, { attempts: 3 });
    assert.match(end.error!.message, /did not go into maintenance mode in 3 attempts/);
  }
  const rom = await play(
    (command) => command === Command.ENQUIRY ? [enquiry(1)] : [ACK],
    enterMaintenance,
  );
  assert.deepEqual([rom.error?.kind, rom.error?.data], ["device-status", { source: "SEROM" }]);
  assert.equal(rom.sent.length, 2);
});

const CALL = "41 4C 49 46";

Deno.test("the call is repeated every 20 ms until its answer comes, in pieces and behind noise", async () => {
  const noise = new Uint8Array(600).fill(65),
    text = (line: string) => new TextEncoder().encode(line);
  const { error, sent, ms } = await play((command, _rate, count) => {
    if (command === 0) return [ACK];
    if (count === 3) return [noise, text("SEP"), 10, text("CTL")];
    return count > 3 ? [] : [5, text("SEPCT")];
  }, (client) => callHardMaintenance(client, signal));
  assert.deepEqual([error, sent], [undefined, [CALL, CALL, CALL, CALL, START]]);
  // Three calls, of which the last is answered, the silence after it, and that before the start.
  assert.equal(ms, 20 + 20 + 10 + 60 + 60);
});

Deno.test("the call goes on after a normal start; a lost adapter and a stop end it", async () => {
  const text = new TextEncoder().encode("SEPCTL");
  const again = await play((command, _rate, count) => {
    if (command === 0) return count > 10 ? [ACK] : [];
    return [text];
  }, (client) => callHardMaintenance(client, signal));
  assert.deepEqual([again.error, again.sent.filter((one) => one === CALL).length], [undefined, 4]);
  for (const at of [0x4C, 0]) {
    const gone = await play(
      (command) => command === at ? ["disconnected"] : [text],
      (client) => callHardMaintenance(client, signal),
    );
    assert.equal(gone.error?.kind, "disconnected");
  }
  const stop = new AbortController();
  const stopped = await play(() => [], async (client, _port, clock) => {
    const calling = callHardMaintenance(client, stop.signal);
    calling.catch(() => {});
    await clock.sleep(50);
    stop.abort();
    await calling;
  });
  assert.deepEqual([stopped.error?.kind, stopped.ms, stopped.sent], ["cancelled", 50, [
    CALL,
    CALL,
    CALL,
  ]]);
  const before = await play(() => [], (client) => callHardMaintenance(client, AbortSignal.abort()));
  assert.deepEqual([before.error?.kind, before.sent], ["cancelled", []]);
});

Deno.test("the rate changes if the enclave follows; otherwise work goes on at its own", async () => {
  let rate = 55_000;
  const follows: Enclave = (command, baudRate, _count, payload) => {
    if (baudRate !== rate) return [];
    if (command === Command.SET_BAUD_RATE) rate = new DataView(payload.buffer).getUint32(0, true);
    return [ACK];
  };
  const rates: number[] = [];
  const work = (client: IspClient) =>
    atBulkRate(client, () => {
      rates.push(client.baudRate);
      return Promise.resolve("done");
    });
  const fast = await play(follows, work);
  assert.deepEqual([fast.value, fast.ms], ["done", 0]);
  assert.deepEqual(fast.sent, [FAST, "921600 baud", START, BACK, "55000 baud", START]);
  // It refuses the rate: nothing changes.
  const refused = await play(
    (command) => command === Command.SET_BAUD_RATE ? [nak(0xFC)] : [ACK],
    work,
  );
  assert.deepEqual([refused.value, refused.sent], ["done", [FAST, START]]);
  // Its acknowledgement is lost, but it follows.
  const lost = await play(
    (
      command,
      ...rest
    ) => (follows(command, ...rest), command === Command.SET_BAUD_RATE ? [] : [ACK]),
    work,
  );
  assert.deepEqual([lost.value, lost.sent], ["done", fast.sent]);
  assert.deepEqual(rates, [921_600, 55_000, 921_600]);
});

Deno.test("an enclave that needs time for its rate gets a second, and one that does not follow is searched", async () => {
  const work = (client: IspClient) => atBulkRate(client, () => Promise.resolve(client.baudRate));
  const slow = await play(
    (command, _rate, count) => command === Command.SET_BAUD_RATE || count > 1 ? [ACK] : [],
    work,
  );
  assert.deepEqual([slow.value, slow.ms], [921_600, 550 + 1000]);
  const stays = await play((_, baudRate) => baudRate === 55_000 ? [ACK] : [], work);
  assert.equal(stays.value, 55_000);
  assert.equal(stays.sent.filter((one) => one === FAST).length, 1);
  const dead = await play((command) => command === Command.SET_BAUD_RATE ? [ACK] : [], work);
  assert.equal(dead.error?.message, "The Secure Enclave no longer answers at any rate.");
  assert.deepEqual([dead.error?.kind, dead.error?.data], ["timeout", { heard: null }]);
  const gone = await play(() => ["disconnected"], work);
  assert.deepEqual([gone.error?.kind, gone.sent], ["disconnected", [FAST]]);
});

Deno.test("the error of the work counts, not that of coming back", async () => {
  let isOver = false;
  const { error } = await play(
    () => isOver ? ["disconnected"] : [ACK],
    (client) =>
      atBulkRate(client, () => {
        isOver = true;
        return Promise.reject(new Error("The work failed."));
      }),
  );
  assert.equal(error?.message, "The work failed.");
});

Deno.test("only the silicon and the parts of an AE3 are accepted, and only unsecured", () => {
  const end = (change: object) => {
    const revision = { part: "AE302F80F55D5AE", name: "B4", lifeCycle: 1, ...change };
    try {
      refuseForeignChip({ revision } as unknown as FoundEnclave);
      return undefined;
    } catch (error) {
      const { kind, message, data } = error as UnbrickError;
      return { kind, message, data };
    }
  };
  for (const change of [{}, { part: "AE302F80F55D5LE" }, { part: "" }, { lifeCycle: 0 }]) {
    assert.equal(end(change), undefined);
  }
  const other = end({ part: "AE722F80F55D5LS" });
  assert.equal(
    other?.message,
    "The chip that answers is AE722F80F55D5LS, silicon B4; an OpenMV AE3 has one of " +
      "AE302F80F55D5AE, AE302F80F55D5LE, silicon B4.",
  );
  assert.deepEqual([other.kind, other.data], [
    "wrong-board",
    { part: "AE722F80F55D5LS", revision: "B4", lifeCycle: "DM" },
  ]);
  const old = end({ name: "A0", part: "" });
  assert.match(old!.message, /The chip that answers is a part without a number, silicon A0;/);
  for (const [lifeCycle, name] of [[5, "SE"], [7, "RMA"]]) {
    const secured = end({ lifeCycle });
    assert.deepEqual([secured?.kind, secured?.data.lifeCycle], ["protected", name]);
    assert.match(secured!.message, new RegExp(`in the life-cycle state ${name}\\.`));
  }
});
