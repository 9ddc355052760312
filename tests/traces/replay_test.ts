import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { families } from "../../boards/mod.ts";
import { concat } from "../../core/common/bytes.ts";
import { interfaceBlock, packetBlock, readPcapng, sectionBlock } from "../../core/trace/pcapng.ts";
import { readTrace } from "../../core/trace/read_trace.ts";
import { decodeRtac, LINK_SERIAL } from "../../core/trace/rtac.ts";
import { LINK_USB } from "../../core/trace/usbmon.ts";
import { type Ran, ran } from "../support/cli/command_rig.ts";
import { bundledImages, tracedRun } from "../support/trace/traced_runs.ts";

/** Replays every trace of this folder; make.ts makes them, and says how a real one is added. */

const here = new URL("./", import.meta.url);

async function replayed(bytes: Uint8Array, ...options: string[]): Promise<Ran> {
  const path = Deno.makeTempFileSync({ suffix: ".pcapng" });
  try {
    Deno.writeFileSync(path, bytes);
    return await ran(["replay", path, ...options], { families, context: { bundledImages } });
  } finally {
    Deno.removeSync(path);
  }
}

const names = [...Deno.readDirSync(here)].map(({ name }) => name)
  .filter((name) => name.endsWith(".pcapng.gz"));

for (const name of names) {
  Deno.test(`replay of ${name}: it asks for the same and ends the same`, async () => {
    const bytes = Deno.readFileSync(new URL(name, here));
    const { code, out, error } = await replayed(bytes);
    assert.equal(code, 0, out + error);
    assert.match(out, /^Replay of a recording, not a camera: unbrick/);
    assert.match(out, /This was a replay\. It proves nothing about any camera\./);
    assert.match(out, /The replay ended as the recording did/);
    assert.doesNotMatch(out, /is restored|is flashed|Proof, read from the camera/);
  });
}

/** A packet of a trace, with its link type and its number. */
interface Seen {
  readonly data: Uint8Array;
  readonly linkType: number;
  readonly number: number;
}

/** The trace with one byte of the first packet changed that `fits`; `at` below 0 counts from the end. */
function changed(bytes: Uint8Array, fits: (packet: Seen) => boolean, at: number): Uint8Array {
  const linkTypes: number[] = [];
  let isDone = false, number = 0;
  return concat([
    sectionBlock("test"),
    ...[...readPcapng(bytes)].map((block) => {
      if ("interface" in block) {
        linkTypes.push(block.interface.linkType);
        return interfaceBlock(block.interface);
      }
      const { packet } = block;
      const data = packet.data.slice();
      if (!isDone && fits({ data, linkType: linkTypes[packet.interface], number: number++ })) {
        data[at < 0 ? data.length + at : at] ^= 1;
        isDone = true;
      }
      return packetBlock(packet, [data]);
    }),
  ]);
}

/** The number of the entry, from the beginning of the job, whose sent bytes differ. */
function changedEntry(before: Uint8Array, after: Uint8Array): number {
  const entries = readTrace(before, "t"), others = readTrace(after, "t");
  const sent = (one: typeof entries[number]) =>
    one.type === "transfer" ? one.sent : one.type === "serial" ? one.bytes : new Uint8Array();
  const at = entries.findIndex((one, index) =>
    sent(one).some((byte, n) => byte !== sent(others[index])[n])
  );
  const job = entries.findIndex((one) => one.type === "note" && one.facts.type === "job");
  return at - job + 1;
}

const line = "restore openmv-h7 --simulate --fast --yes --bootloader-only";
const { bytes } = await tracedRun(line);
/** Offsets in a usbmon packet: type, first setup byte, data. */
const TYPE = 8, SETUP = 40, DATA = 64;
const isSubmit = ({ data, linkType }: Seen) => linkType === LINK_USB && data[TYPE] === 0x53;
const isBlock = (packet: Seen) =>
  isSubmit(packet) && packet.data[SETUP + 1] === 1 && packet.data.length > 1000;

Deno.test("one changed byte of a written block: the difference is shown at that transfer", async () => {
  const other = changed(bytes, isBlock, DATA + 7);
  const { code, out } = await replayed(other);
  assert.equal(code, 15, out);
  assert.match(
    out,
    new RegExp(`differs from the recording at entry ${changedEntry(bytes, other)} of`),
  );
  assert.match(out, /Recorded: .*DNLOAD block \d+, \d+ bytes/);
  assert.match(out, /Now: {6}.*DNLOAD block \d+, \d+ bytes/);
  assert.match(out, /First different byte: at offset 7, recorded [0-9a-f]{2}, now [0-9a-f]{2}\./);
});

Deno.test("one changed byte of a request's setup: the difference is shown at that transfer", async () => {
  for (let byte = 0; byte < 8; byte++) {
    const other = changed(bytes, isBlock, SETUP + byte);
    const { code, out } = await replayed(other);
    assert.equal(code, 15, `byte ${byte}: ${out}`);
    assert.match(out, /differs from the recording at entry \d+ of/);
  }
});

Deno.test("a request that was recorded and is not asked for is shown", async () => {
  const packets = [...readPcapng(bytes)].flatMap((block) =>
    "packet" in block ? [block.packet] : []
  );
  const last = packets.findLastIndex(({ data, interface: at }) => at === 0 && data[TYPE] === 0x53);
  const again = packets.slice(last, last + 2).map((one) => packetBlock(one, [one.data]));
  const { code, out } = await replayed(concat([bytes, ...again]));
  assert.equal(code, 15, out);
  assert.match(out, /Now: +nothing more/);
});

for (const name of names) {
  Deno.test(`one changed byte of what was sent in ${name} is shown at that transfer`, async () => {
    const whole = new Uint8Array(gunzipSync(Deno.readFileSync(new URL(name, here))));
    const sends = (packet: Seen) =>
      isSubmit(packet) && packet.data.length > DATA + 8 ||
      packet.linkType === LINK_SERIAL && decodeRtac(packet.data)?.direction === "sent";
    const numbers: number[] = [];
    changed(whole, (packet) => {
      if (sends(packet)) numbers.push(packet.number);
      return false;
    }, 0);
    assert.ok(numbers.length > 20, `${numbers.length} packets`);
    const middle = numbers[numbers.length >> 1];
    const other = changed(whole, ({ number }) => number === middle, -1);
    const { code, out } = await replayed(other);
    assert.equal(code, 15, out);
    assert.match(
      out,
      new RegExp(`differs from the recording at entry ${changedEntry(whole, other)} of`),
    );
  });
}

Deno.test("a changed answer of the camera: the requests after it differ, or the end does", async () => {
  const isStatus = ({ data, linkType }: Seen) =>
    linkType === LINK_USB && data[TYPE] === 0x43 && data.length === DATA + 6 &&
    data[DATA + 4] === 5;
  const { code, out } = await replayed(changed(bytes, isStatus, DATA));
  assert.equal(code, 15, out);
  assert.match(out, /The replay (differs|asked for the same)/);
});

Deno.test("a trace that ends in mid-run: what the recording has no answer to is shown", async () => {
  const { code, out } = await replayed(bytes.subarray(0, bytes.length >> 1));
  assert.equal(code, 15, out);
  assert.match(out, /Recorded: +nothing more/);
});

Deno.test("the record of a replay is named as one", async () => {
  const path = Deno.makeTempFileSync({ suffix: ".json" });
  try {
    const { code, json } = await replayed(bytes, "--json", "--report", path);
    assert.equal(code, 0);
    assert.ok(json.find(({ type }) => type === "run-started")?.replay === true);
    assert.ok(json.find(({ type }) => type === "run-ended")?.replay === true);
    assert.equal(json.at(-1)?.type, "replay-ended");
    assert.equal(JSON.parse(Deno.readTextFileSync(path)).replay, true);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("a run that failed is replayed to the same failure", async () => {
  const failed = await tracedRun(`${line} --trap readProtection=errVENDOR-always`);
  const { code, out } = await replayed(failed.bytes);
  assert.notEqual(failed.code, 0);
  assert.equal(code, 0, out);
});
