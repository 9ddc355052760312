import assert from "node:assert/strict";
import { families } from "../../boards/mod.ts";
import { concat } from "../../core/common/bytes.ts";
import { interfaceBlock, packetBlock, readPcapng, sectionBlock } from "../../core/trace/pcapng.ts";
import { readTrace } from "../../core/trace/read_trace.ts";
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

for (
  const { name } of [...Deno.readDirSync(here)].filter(({ name }) => name.endsWith(".pcapng.gz"))
) {
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

/** The trace with one byte of the nth USB packet changed that `fits`. */
function changed(
  bytes: Uint8Array,
  fits: (data: Uint8Array) => boolean,
  at: number,
): Uint8Array {
  const linkTypes: number[] = [];
  let isDone = false;
  return concat([
    sectionBlock("test"),
    ...[...readPcapng(bytes)].map((block) => {
      if ("interface" in block) {
        linkTypes.push(block.interface.linkType);
        return interfaceBlock(block.interface);
      }
      const { packet } = block;
      const data = packet.data.slice();
      if (!isDone && linkTypes[packet.interface] === LINK_USB && fits(data)) {
        data[at] ^= 1;
        isDone = true;
      }
      return packetBlock(packet, [data]);
    }),
  ]);
}

const line = "restore openmv-h7 --simulate --fast --yes --bootloader-only";
const { bytes } = await tracedRun(line);
/** Offsets in a usbmon packet: type, first setup byte, data. */
const TYPE = 8, SETUP = 40, DATA = 64;
const isSubmit = (data: Uint8Array) => data[TYPE] === 0x53;
const isBlock = (data: Uint8Array) => isSubmit(data) && data[SETUP + 1] === 1 && data.length > 1000;

Deno.test("one changed byte of a written block: the difference is shown at that transfer", async () => {
  const other = changed(bytes, isBlock, DATA + 7);
  const { code, out } = await replayed(other);
  assert.equal(code, 15, out);
  const entries = readTrace(bytes, "t"), changedEntries = readTrace(other, "t");
  const at = entries.findIndex((one, index) => {
    const now = changedEntries[index];
    return one.type === "transfer" && now.type === "transfer" &&
      one.sent.some((byte, n) => byte !== now.sent[n]);
  });
  const job = entries.findIndex((one) => one.type === "note" && one.facts.type === "job");
  assert.match(out, new RegExp(`differs from the recording at entry ${at - job + 1} of`));
  assert.match(out, /Recorded: .*DNLOAD block \d+, \d+ bytes/);
  assert.match(out, /Now: {6}.*DNLOAD block \d+, \d+ bytes/);
  assert.match(out, /First different byte: at offset 7, recorded [0-9a-f]{2}, now [0-9a-f]{2}\./);
});

Deno.test("a changed answer of the camera: the requests after it differ, or the end does", async () => {
  const isStatus = (data: Uint8Array) =>
    data[TYPE] === 0x43 && data.length === DATA + 6 && data[DATA + 4] === 5;
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
