import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { PhaseId, type PhaseRecord } from "../packets/phase.ts";
import { programFlash, type ProgramJob } from "./open_bootloader_client.ts";
import { startImage } from "./rom_client.ts";
import type { DownloadOptions, SerialBootSession } from "./session.ts";

/** What the camera asks for in another order, and what it refuses, without a model. */

const { LAYOUT, FSBL, LOADER, APPLICATION, EXTENSION, END, ERROR, COMMAND } = PhaseId;
const LOADER_AT = 0x3800_0000, NOR = 0x7000_0000;
const at = (phase: number, address = 0xffff_ffff): PhaseRecord => ({ phase, address, offset: 0 });
const failed = (kind: ErrorKind) => new UnbrickError(kind, "Told by the test.");

interface Fake {
  readonly phases?: readonly (PhaseRecord | ErrorKind)[];
  readonly blockSize?: number;
  readonly fails?: Readonly<Record<string, ErrorKind>>;
  readonly hasCommand?: boolean;
  /** Time that a block takes, milliseconds. */
  readonly blockMs?: (offset: number) => number;
}

/** A session that answers GetPhase from a list. */
function session({ phases = [], blockSize = 4, fails = {}, hasCommand = true, blockMs }: Fake) {
  const log: string[] = [], deadlines: number[] = [], left = [...phases];
  const did = async (what: string) => {
    log.push(what);
    const kind = fails[what.split(" ")[0]];
    if (kind) throw failed(kind);
  };
  const fake = {
    blockSize,
    has: (id: number) => id === COMMAND && hasCommand,
    getPhase: async () => {
      await did("phase");
      const next = left.shift()!;
      if (typeof next === "string") throw failed(next);
      return next;
    },
    download: async (id: number, bytes: Uint8Array, { deadline, onBlock }: DownloadOptions) => {
      await did(`download ${id} ${bytes.length}`);
      for (let offset = 0; offset < bytes.length; offset += blockSize) {
        deadlines.push(deadline(offset));
        onBlock?.(Math.min(offset + blockSize, bytes.length), blockMs?.(offset) ?? 0);
      }
    },
    complete: (length: number) => did(`complete ${length}`),
    detach: () => did("detach"),
    toIdle: () => did("idle"),
  };
  return { fake: fake as unknown as SerialBootSession, log, deadlines, left };
}

const job: ProgramJob = {
  layout: new Uint8Array(4),
  loader: new Uint8Array(6),
  parts: [
    { id: APPLICATION, offset: 0, bytes: new Uint8Array(5) },
    { id: EXTENSION, offset: 0x1000, bytes: new Uint8Array(3) },
  ],
};
const good = [
  at(LAYOUT),
  at(LOADER, LOADER_AT),
  at(APPLICATION, NOR),
  at(EXTENSION, NOR + 0x1000),
  at(END),
];

async function program(fake: Fake, work = job) {
  const one = session(fake), told: [number, number][] = [];
  const onProgress = (...all: [number, number]) => void told.push(all);
  const end: { value?: { longestEraseMs: number }; error?: UnbrickError } = await programFlash(
    one.fake,
    work,
    { onProgress },
  ).then((value) => ({ value }), (error) => ({ error }));
  return { ...end, ...one, told };
}

Deno.test("everything is sent as it is asked for, with its deadlines and its progress", async () => {
  const blockMs = (offset: number) => offset === 0 ? 30 : 70;
  const { value, log, deadlines, told } = await program({ phases: good, blockMs });
  assert.deepEqual(value, { longestEraseMs: 30 });
  assert.deepEqual(log.filter((one) => one !== "phase"), [
    ...["download 0 4", "complete 4", "download 3 6", "complete 6"],
    // Phase 5 has no alternate setting of its own.
    ...["download 4 5", "complete 5", "download 4 3", "complete 3"],
  ]);
  assert.deepEqual(deadlines, [5000, 5000, 5000, 15_000, 6000, 15_000]);
  assert.deepEqual(told.map(([done]) => done), [4, 8, 10, 14, 15, 18]);
  assert.ok(told.every(([, total]) => total === 18));
  const far = { ...job, parts: [{ id: APPLICATION, offset: 0, bytes: new Uint8Array(0x1_0001) }] };
  const erases = await program({
    phases: [...good.slice(0, 3), at(END)],
    blockSize: 0x8000,
    blockMs: (offset) => offset / 0x8000 + 1,
  }, far);
  assert.deepEqual(erases.deadlines.slice(2), [15_000, 6000, 15_000]);
  assert.deepEqual(erases.value, { longestEraseMs: 3 });
});

Deno.test("without anybody who watches the progress, the same is done", async () => {
  const { fake } = session({ phases: good });
  assert.deepEqual(await programFlash(fake, job), { longestEraseMs: 0 });
});

Deno.test("what the camera may not ask for is an error with its phase", async () => {
  const two = good.slice(0, 2), again = Array<PhaseRecord>(4).fill(at(LOADER, LOADER_AT));
  const cases: [readonly PhaseRecord[], string, object][] = [
    [
      [at(APPLICATION, NOR)],
      "OpenBootloader is in the middle of an earlier session (phase 0x04). It accepts nothing more " +
      "until you unplug the camera.",
      { phase: 4, midSession: true },
    ],
    [
      [good[0], at(0x77)],
      "The camera asked for phase 0x77, which was not expected there.",
      { phase: 0x77 },
    ],
    [
      [...two, ...again, again[0]],
      "The camera asked for phase 0x03, which was not expected there.",
      { phase: 3 },
    ],
    [
      [good[0], at(LOADER, 5)],
      "The camera would write phase 0x03 at 0x00000005 instead of 0x38000000.",
      { phase: 3, address: 5, expected: LOADER_AT },
    ],
    [
      [...two, at(EXTENSION, NOR)],
      "The camera would write phase 0x05 at 0x70000000 instead of 0x70001000.",
      { phase: 5, address: NOR, expected: NOR + 0x1000 },
    ],
    [
      [good[0], at(END)],
      "The camera refused the layout.",
      { missing: "0x03,0x04,0x05", layoutRefused: true },
    ],
    [
      [...two, at(END)],
      "The camera ended without asking for phase 0x04, 0x05.",
      { missing: "0x04,0x05", layoutRefused: false },
    ],
  ];
  for (const [phases, message, data] of cases) {
    const { error, left } = await program({ phases });
    assert.equal(error?.message.replaceAll(/\s+/g, " "), message);
    assert.deepEqual([error.kind, error.data, left], ["protocol", data, []]);
  }
  // Four times the same, and again after the next phase, is not too often.
  const patient = [good[0], ...Array(4).fill(good[0]), good[1], ...again, ...good.slice(2)];
  assert.equal((await program({ phases: patient })).error, undefined);
});

Deno.test("a layout must fit into one block", async () => {
  for (const [length, isRefused] of [[4, false], [5, true]] as const) {
    const work = { ...job, layout: new Uint8Array(length) };
    const { error, log } = await program({ phases: good }, work);
    assert.equal(error !== undefined, isRefused);
    if (!isRefused) continue;
    assert.equal(error?.message, "The camera accepts blocks of 4 bytes, too small for a layout.");
    assert.deepEqual([error.kind, error.data, log], ["protocol", { blockSize: 4 }, []]);
  }
});

async function start(fake: Fake, onProgress?: (done: number, total: number) => void) {
  const one = session(fake);
  const error: UnbrickError | undefined = await new VirtualClock().run(() =>
    startImage(one.fake, new Uint8Array(6), { onProgress }).then(() => undefined, (error) => error)
  );
  return { ...one, error };
}

const SENT = [`download ${FSBL} 6`, "complete 6"];

Deno.test("the ROM starts its image, whether it tells phases or not, and whenever it leaves", async () => {
  const told: [number, number][] = [];
  const cases: [Fake, string[], ErrorKind?][] = [
    [{ phases: [at(FSBL), at(LAYOUT)] }, ["phase", ...SENT, "phase", "detach"]],
    [{ hasCommand: false }, [...SENT, "detach"]],
    [{ phases: ["stalled", "timeout"] }, ["phase", "idle", ...SENT, "phase", "idle", "detach"]],
    [{ phases: ["protocol", "protocol"] }, ["phase", "idle", ...SENT, "phase", "idle", "detach"]],
    [{ phases: ["disconnected"] }, ["phase"], "disconnected"],
    [{ phases: [at(FSBL), "disconnected"] }, ["phase", ...SENT, "phase"]],
    [{ phases: [at(FSBL), "cancelled"] }, ["phase", ...SENT, "phase"], "cancelled"],
    [{ hasCommand: false, fails: { download: "stalled" } }, [SENT[0]], "stalled"],
    [{ hasCommand: false, fails: { complete: "disconnected" } }, SENT],
    [{ hasCommand: false, fails: { complete: "stalled" } }, [...SENT, "detach"]],
    [{ hasCommand: false, fails: { complete: "timeout" } }, SENT, "timeout"],
    [{ hasCommand: false, fails: { detach: "stalled" } }, [...SENT, "detach"]],
    [{ hasCommand: false, fails: { detach: "timeout" } }, [...SENT, "detach"]],
    [{ hasCommand: false, fails: { detach: "protocol" } }, [...SENT, "detach"]],
    [{ hasCommand: false, fails: { detach: "disconnected" } }, [...SENT, "detach"]],
    [{ hasCommand: false, fails: { detach: "cancelled" } }, [...SENT, "detach"], "cancelled"],
  ];
  for (const [fake, log, kind] of cases) {
    const end = await start(fake, (...all) => told.push(all));
    assert.deepEqual([end.log, end.error?.kind], [log, kind]);
    assert.ok(end.deadlines.every((ms) => ms === 5000));
  }
  assert.deepEqual(told.slice(0, 2), [[4, 6], [6, 6]]);
  assert.equal((await start({ hasCommand: false })).error, undefined);
});

Deno.test("an error that the ROM reports counts, before the image and after it", async () => {
  const cases: [string | undefined, string][] = [
    ["bad header", "bad header"],
    ["", "no reason given"],
    [undefined, "no reason given"],
  ];
  for (const [errorText, reason] of cases) {
    const broken = { ...at(ERROR), ...(errorText !== undefined && { errorText }) };
    for (const [phases, count] of [[[broken], 1], [[at(FSBL), broken], 4]] as const) {
      const { error, log } = await start({ phases });
      assert.deepEqual([error?.kind, error?.data, log.length], [
        "device-status",
        { text: reason },
        count,
      ]);
      assert.equal(error?.message, `The chip's ROM reported an error: ${reason}.`);
    }
  }
});
