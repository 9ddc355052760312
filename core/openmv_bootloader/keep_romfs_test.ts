import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import type { JobOptions } from "../family/family.ts";
import { romfsHeadSize } from "../image/romfs_owner.ts";
import { encodeTrailer } from "../../tests/support/images/ota_trailer_encoder.ts";
import { encodeRomfs } from "../../tests/support/images/romfs_encoder.ts";
import { proofOf, run, targetOf, writing } from "../../tests/support/plan/toy_rig.ts";
import { overwriteOtaApp, overwriteRomfs } from "../plan/consents.ts";
import type { Step } from "../plan/step.ts";
import { keepingStep } from "./keep_romfs.ts";

const SIZE = 0x1_0000;
const factory = encodeRomfs([{ name: "a", content: new Uint8Array(100).fill(1) }]);
const own = encodeRomfs([{ name: "main.py", content: new Uint8Array(7000).fill(2) }]);

function region(bytes: Uint8Array, trailer?: Uint8Array): Uint8Array {
  const all = new Uint8Array(SIZE).fill(0xFF);
  all.set(bytes);
  if (trailer) all.set(trailer, SIZE - 4096);
  return all;
}

const contents = {
  blank: region(new Uint8Array()),
  damaged: region(own.subarray(0, 3), encodeTrailer(own).fill(0x33)),
  known: region(factory),
  torn: region(factory.subarray(0, 60)),
  own: region(own),
  ota: region(own, encodeTrailer(own)),
};

const target = { ...targetOf("romfs0"), region: "ROMFS" };

/** Runs a write of a firmware, then of the ROMFS over these contents. */
async function runOver(
  content: keyof typeof contents,
  options: JobOptions,
  readable: "at once" | "after the firmware" = "at once",
  { wrongLook, fails }: { wrongLook?: number | "all"; fails?: UnbrickError } = {},
) {
  let looks = 0;
  const written: string[] = [], wiped: string[] = [];
  const write = (id: string) => writing(id, { run: async () => void written.push(id) });
  const prove: Step["prove"] = (context) =>
    fails ? Promise.reject(fails) : proofOf(context, "romfs0");
  const step = keepingStep({ ...write("romfs0"), prove, targets: [target] }, {
    region: "ROMFS",
    address: 0x1000,
    size: SIZE,
    isReadable: async () => readable === "at once",
    reader: () => async (at, length) => {
      const bytes = contents[content].slice(at, at + length);
      if (at === SIZE / 2 - 4096) looks++;
      const isWrong = wrongLook === "all" ? looks % 2 === 0 : looks === wrongLook;
      if (at === 0 && isWrong) bytes[0] ^= 1;
      return bytes;
    },
    wipe: async () => void wiped.push(content),
  }, { knownRomfs: [factory.subarray(0, romfsHeadSize)], ...options });
  const done = await run([write("firmware"), step]);
  const summary = done.events.find((event) => event.type === "about-to-write");
  const [, ...rest] = done.result.proofs;
  const notes = done.events.flatMap((event) => event.type === "note" ? [event.text] : []);
  const skipped = done.events.flatMap((event) =>
    event.type === "step-skipped" ? [event.claim] : []
  );
  return { ...done, looks, written, wiped, summary, proof: rest.at(-1), notes, skipped };
}

const both = ["firmware", "romfs0"];
const allowed = (id: string) => ({ allow: [id] });
const cases: readonly [keyof typeof contents, JobOptions, readonly string[]][] = [
  ["blank", { romfs: "auto" }, both],
  ["damaged", { romfs: "auto" }, both],
  ["known", { romfs: "auto" }, both],
  ["torn", { romfs: "auto" }, both],
  ["own", { romfs: "auto" }, ["firmware"]],
  ["own", { romfs: "auto", ...allowed(overwriteRomfs.id) }, both],
  ["own", { romfs: "auto", ...allowed(overwriteOtaApp.id) }, ["firmware"]],
  ["own", { romfs: "write" }, both],
  ["own", {}, both],
  ["ota", { romfs: "auto" }, ["firmware"]],
  ["ota", { romfs: "auto", ...allowed(overwriteRomfs.id) }, ["firmware"]],
  ["ota", { romfs: "auto", ...allowed(overwriteOtaApp.id) }, both],
  ["ota", { romfs: "write", ...allowed(overwriteOtaApp.id) }, both],
  ["blank", { romfs: "keep" }, ["firmware"]],
  ["known", { romfs: "keep" }, ["firmware"]],
];

for (const [content, options, expected] of cases) {
  for (const readable of ["at once", "after the firmware"] as const) {
    Deno.test(`ROMFS ${content}, ${JSON.stringify(options)}, read ${readable}: written ${expected}`, async () => {
      const { result, written, skipped } = await runOver(content, options, readable);
      assert.equal(result.outcome, "proven");
      assert.deepEqual(written, expected);
      assert.equal(skipped.some((claim) => /was kept/.test(String(claim))), expected.length === 1);
    });
  }
}

Deno.test("a note before the first write says what is kept, and the proof gives the reason", async () => {
  const { summary, proof, notes } = await runOver("own", { romfs: "auto" });
  const reason = "an unknown file system: 1 file, 7019 bytes";
  assert.deepEqual(summary?.keptBecause.map(({ reason }) => String(reason)), [reason]);
  assert.deepEqual(summary?.undecided, []);
  assert.deepEqual(summary?.changes.map(({ region }) => region), ["firmware"]);
  assert.deepEqual(notes.map(String), ["To overwrite the ROMFS, add: --romfs write"]);
  assert.equal(String(proof?.kept), reason);
  assert.equal(String(proof?.claim), `The ROMFS was kept (${reason}).`);
});

Deno.test("what cannot be read yet is reported as open, and decided later", async () => {
  const { summary, written, proof } = await runOver("own", { romfs: "auto" }, "after the firmware");
  assert.deepEqual(summary?.undecided, [{ region: "ROMFS" }]);
  assert.deepEqual(summary?.keptBecause, []);
  assert.deepEqual(written, ["firmware"]);
  assert.ok(proof?.kept);
});

Deno.test("--romfs write over an application of openmv-ota needs its consent before anything is written", async () => {
  const { result, written } = await runOver("ota", { romfs: "write" });
  assert.equal(result.error?.kind, "consent-needed");
  assert.equal(result.error?.data.consent, overwriteOtaApp.id);
  assert.equal(result.outcome, "unchanged");
  assert.deepEqual(written, []);
});

Deno.test("two looks must agree; one wrong answer neither loses the user's file system nor keeps half of one", async () => {
  for (const wrong of [1, 2, 3]) {
    const { written } = await runOver("own", { romfs: "auto" }, "at once", { wrongLook: wrong });
    assert.deepEqual(written, ["firmware"]);
  }
  const { result, written, looks } = await runOver("own", { romfs: "auto" }, "at once", {
    wrongLook: "all",
  });
  assert.equal(looks, 5);
  assert.equal(result.error?.kind, "verify-failed");
  assert.deepEqual(written, []);
});

Deno.test("a failed write is made blank, so that the next run does not take it for the user's", async () => {
  const wrong = new UnbrickError("verify-failed", "It differs.");
  const { result, wiped } = await runOver("known", { romfs: "auto" }, "at once", { fails: wrong });
  assert.equal(result.error, wrong);
  assert.deepEqual(wiped, ["known"]);
  const gone = new UnbrickError("disconnected", "It left.");
  assert.deepEqual(
    (await runOver("known", { romfs: "auto" }, "at once", { fails: gone })).wiped,
    [],
  );
});
