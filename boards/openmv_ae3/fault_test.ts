import assert from "node:assert/strict";
import { Nak } from "../../core/alif_isp/error_code.ts";
import { encodeFrame } from "../../core/alif_isp/frame.ts";
import type { SimulationOptions } from "../../core/family.ts";
import { type LineFault, LineFaultInjector } from "../../core/serial/faults.ts";
import { sampleImages } from "./samples.ts";
import { AeTrial } from "./testing.ts";

/**
 * Runs a restore once to count the frames on the enclave's line, then again with faults at frames of
 * every kind, then once cleanly. (core/alif_isp/write_test.ts has every fault at every frame.) Never may a run claim more than the camera holds, and the clean run
 * must always end restored.
 */

/** The least that a program may have, so that there are few frames and each can be tried. */
const images = sampleImages({
  sizes: { bootloader: 4_224, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 },
});

const nak = (code: number): LineFault => ({
  kind: "answer",
  bytes: encodeFrame(0xFF, Uint8Array.of(code)),
});

type Named = Readonly<Record<string, (run: AeTrial) => LineFault>>;

const faults: Named = {
  "drop": () => ({ kind: "drop" }),
  "corrupt": () => ({ kind: "flip", bit: 29 }),
  "duplicate": () => ({ kind: "duplicate" }),
  "late": () => ({ kind: "delay", ms: 600 }),
  "NAK checksum": () => nak(Nak.CHECKSUM_ERROR),
  "NAK address": () => nak(Nak.BAD_DESTINATION_ADDR),
  "NAK write failed": () => nak(Nak.MRAM_WRITE_FAILED),
  "false ACK": () => ({ kind: "answer", bytes: encodeFrame(0xFE) }),
  "silence": () => ({ kind: "silence" }),
  "flood": () => ({ kind: "flood", everyMs: 2 }),
  "unplugged": (run) => ({ kind: "call", run: () => run.trial.bus.socket("1-1").detach() }),
  "chip reset": (run) => ({ kind: "call", run: () => run.camera.enclave.reset() }),
};

interface Case {
  readonly name: string;
  readonly options: Partial<SimulationOptions>;
}

const cases: readonly Case[] = [
  {
    name: "bootloader and table gone",
    options: { condition: "bricked", traps: { tableGone: true } },
  },
  { name: "package old", options: { condition: "healthy", traps: { oldPackage: true } } },
  { name: "enclave dead", options: { condition: "bricked", traps: { enclaveDead: true } } },
];

async function restore(run: AeTrial, fault?: LineFault | "stop", at = 0) {
  const stop = new AbortController();
  const planned: LineFault | undefined = fault === "stop"
    ? { kind: "call", run: () => stop.abort() }
    : fault;
  const injector = new LineFaultInjector(run.camera.line, planned ? [{ at, fault: planned }] : []);
  const remove = run.camera.line.interpose(injector);
  const result = await run.run("restore", {
    bootloaderOnly: true,
    signal: stop.signal,
    hardwareDeadlineMs: 20_000,
  });
  injector.stop();
  remove();
  return { ...result, pieces: injector.pieces, fired: injector.fired };
}

async function check({ name, options }: Case, fault: string, at: number): Promise<string> {
  const where = `${name}, ${fault} at frame ${at}`;
  const run = new AeTrial({ ...options, images });
  const before = run.camera.memory("mram");
  const first = await restore(run, fault === "stop" ? "stop" : faults[fault](run), at);
  assert.notEqual(first.error?.kind, "bug", `${where}: ${first.error?.message}`);
  if (!first.error) assert.ok(run.hasBootloader, `${where}: success was claimed falsely`);
  if (first.outcome === "unchanged") {
    const isSame = run.camera.memory("mram").every((byte, at) => byte === before[at]);
    assert.ok(isSame, `${where}: something was changed`);
  }
  const second = await restore(run);
  assert.equal(second.error?.message, undefined, `${where}: the clean run failed`);
  assert.ok(run.hasBootloader, `${where}: the clean run did not restore`);
  return first.error?.kind ?? first.outcome;
}

/** The first frames one by one, then a sample; each with another fault than the one before. */
function chosenFrames(total: number): number[] {
  const step = Math.ceil(total / SAMPLES);
  return Array.from({ length: total }, (_, at) => at + 1)
    .filter((at) => at <= FIRST || at % step === 0);
}

const FIRST = 14, SAMPLES = 26;

for (const one of cases) {
  Deno.test(`${one.name}: faults at every kind of frame`, async () => {
    const golden = await restore(new AeTrial({ ...one.options, images }));
    assert.equal(golden.error, undefined);
    const names = [...Object.keys(faults), "stop"];
    const outcomes = new Set<string>();
    for (const [index, at] of chosenFrames(golden.pieces).entries()) {
      outcomes.add(await check(one, names[index % names.length], at));
    }
    // Some faults are survived and some end a run: a sweep that hits nothing would do neither.
    assert.ok(outcomes.has("proven") && outcomes.size > 2, [...outcomes].join(", "));
  });
}

Deno.test("a line of memory that silently does not keep its data is never a success", async () => {
  for (const lostLine of [0x8000_0000, 0x8000_0800, 0x8057_F200, 0x8057_FFF0]) {
    const traps = { tableGone: true, lostLine };
    const run = new AeTrial({ condition: "bricked", traps, images });
    const { error } = await restore(run);
    assert.equal(error?.kind, "verify-failed", `${lostLine.toString(16)}: ${error?.message}`);
  }
});
