/** A mutant that no test can notice, because the program does the same with it. */
export interface Equivalent {
  readonly id: string;
  readonly file: string;
  /** What it changes, for a reader. */
  readonly change: string;
  readonly reason: string;
}

const awaited =
  "whoever runs a step awaits what it returns, and a step that does nothing returns nothing";

/** Reviewed one by one: each has the reason why nothing can differ. */
export const equivalents: readonly Equivalent[] = [
  {
    id: "fae439f1",
    file: "core/plan/read_back.ts",
    change: "from >= to  ->  from > to",
    reason: "with from equal to to, no byte is copied and none is marked",
  },
  {
    id: "ce8dd566",
    file: "boards/openmv_rt1062/memory_map.ts",
    change: "vector < start + size  ->  vector <= start + size",
    reason: "the end of the region is even, and only an odd vector comes to this comparison",
  },
  {
    id: "e3c028b8",
    file: "core/plan/engine.ts",
    change: 'proof.others ?? []  ->  ["Stryker was here"]',
    reason: "a text has no bytes, so it is about no memory",
  },
  {
    id: "b59d0376",
    file: "core/plan/memory_proof.ts",
    change: 'proof.others ?? []  ->  ["Stryker was here"]',
    reason: "a text has no address, so it is about no target",
  },
  {
    id: "f8db745d",
    file: "core/plan/engine.ts",
    change: '#readBacks: Proof[] = []  ->  ["Stryker was here"]',
    reason: "a text has no address, so it proves no target",
  },
  {
    id: "111d5261",
    file: "core/plan/files_at_risk.ts",
    change: 'savedBefore: regions = []  ->  ["Stryker was here"]',
    reason: "a text has no address, so it begins in no region of a backup",
  },
  {
    id: "f8a5feb9",
    file: "core/plan/engine.ts",
    change: 'changing: Step[] = []  ->  ["Stryker was here"]',
    reason: "a text has no targets and no effect, and only these are looked at",
  },
  {
    id: "16a0cd61",
    file: "core/plan/rewriting.ts",
    change: 'targets = []  ->  ["Stryker was here"]',
    reason: "a text has no image, so that it is no target with one",
  },
  {
    id: "358f470e",
    file: "core/plan/put_back_steps.ts",
    change: "run: () => Promise.resolve()  ->  () => undefined",
    reason: awaited,
  },
  {
    id: "0bedc2ba",
    file: "core/plan/save_first.ts",
    change: "run: () => Promise.resolve()  ->  () => undefined",
    reason: awaited,
  },
  {
    id: "e95d56dc",
    file: "core/plan/read_only_steps.ts",
    change: "run: () => Promise.resolve()  ->  () => undefined",
    reason: awaited,
  },
  {
    id: "c6f957e2",
    file: "core/openmv_bootloader/keep_romfs.ts",
    change: "run: () => Promise.resolve()  ->  () => undefined",
    reason: awaited,
  },
];
