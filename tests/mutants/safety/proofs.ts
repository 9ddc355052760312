import { type Mutant, mutantsOf } from "./mutant.ts";

/** What breaks the promises of engine and proofs, whichever family runs. */

const engineTest = (name: string) => [{ test: "core/plan/engine_test.ts", name }];
const outcomes = [{ test: "tests/outcomes_test.ts" }];

const engine = mutantsOf("core/plan/engine.ts", [
  {
    id: "engine-success-without-proof",
    promise: "A run succeeds only if everything that a step wrote was read back.",
    old: "error = this.#missingProof() ?? this.#missingConsent;",
    new: "error = this.#missingConsent;",
    killers: engineTest("success needs a proof for every step"),
  },
  {
    id: "engine-check-fails-the-run",
    promise: "What a check after the proof finds does not change how the run ends.",
    old: "found = { claim: error.message, error: { ...error, step: id } };",
    new: "throw thrown;",
    killers: outcomes,
  },
  {
    id: "engine-checks-what-is-not-proven",
    promise: "A check follows only a proof.",
    old: "if (this.#missingProof() ?? this.#missingConsent) return;",
    new: "",
    killers: outcomes,
  },
  {
    id: "engine-not-started-without-proof",
    promise: "A camera that only has not started has proven everything that was written.",
    old: "const isProven = !this.#missingProof() && !this.#missingConsent;",
    new: "const isProven = true;",
    killers: outcomes,
  },
  {
    id: "engine-takes-made-up-proof",
    promise: "Only the run makes a proof that memory was read back.",
    old: 'if (proof.evidence === "read-back" && !isReadBack) {',
    new: "if (false) {",
    killers: engineTest("a step cannot make a proof itself"),
  },
  {
    id: "engine-takes-any-evidence",
    promise: "Other evidence counts only where the plan expects it.",
    old: "const isExpected = proof.evidence === step.provenBy &&",
    new: "const isExpected =",
    killers: engineTest("other evidence counts"),
  },
  {
    id: "engine-takes-evidence-of-a-silent-camera",
    promise: "Other evidence counts only if the camera said something.",
    old: "this.#context.receivedBytes > receivedBefore;",
    new: "true;",
    killers: engineTest("other evidence counts"),
  },
  {
    id: "engine-keeps-stale-proof",
    promise: "A write makes what was read before of the same memory worthless.",
    old: "this.#readBacks = this.#readBacks.filter((proof) => !isStale(proof));",
    new: "",
    killers: engineTest("what was read before the memory was written again"),
  },
  {
    id: "engine-proof-of-one-target-is-enough",
    promise: "Every target of a step must be read back.",
    old: "targets.every((target) => this.#readBacks.some(",
    new: "targets.some((target) => this.#readBacks.some(",
    killers: engineTest("every target of a step"),
  },
  {
    id: "engine-writes-without-asking",
    promise: "The person agrees before the first write.",
    old: "if (!await this.#consent(writeConsent(this.#plan, changing))) {",
    new: "if (false) {",
    killers: engineTest("a declined write"),
  },
  {
    id: "engine-step-consent-dropped",
    promise: "An irreversible step needs its own consent.",
    old: "if (!step.consent) return true;",
    new: "return true;",
    killers: engineTest("a refused irreversible step"),
  },
  {
    id: "engine-refusal-taken-as-consent",
    promise: "A refused consent is a refusal.",
    old: "if (await this.#consent(step.consent)) return true;",
    new: "await this.#consent(step.consent); return true;",
    killers: outcomes,
  },
  {
    id: "engine-refused-step-not-told",
    promise: "A run that left out a step for want of a consent does not succeed.",
    old: "this.#missingConsent ??= missing;",
    new: "",
    killers: engineTest("a refused irreversible step"),
  },
  {
    id: "engine-simulation-gate-dropped",
    promise: "A simulation-only image never reaches a real camera.",
    old: "      this.#refuseSimulationOnly();\n",
    new: "",
    killers: engineTest("an image for simulated cameras"),
  },
  {
    id: "engine-change-forgotten",
    promise: "Once run has begun, a step counts as one that changed the camera.",
    old: "    this.#changed.add(step);\n",
    new: "",
    killers: engineTest("the outcome says what was changed"),
  },
  {
    id: "engine-change-told-too-late",
    promise: "Once run has begun, a step counts as one that changed the camera.",
    old: 'if (step.effect !== "none") this.#beginChange(step);\n    await step.run(this.#context);',
    new: 'await step.run(this.#context);\n    if (step.effect !== "none") this.#beginChange(step);',
    killers: engineTest("the outcome says what was changed"),
  },
  {
    id: "engine-different-is-called-written",
    promise: "A camera that reads back something else is partly written.",
    old: 'return isAllWritten && error.kind !== "verify-failed" ?',
    new: "return isAllWritten ?",
    killers: engineTest("the outcome says what was changed"),
  },
  {
    id: "engine-exit-code-0-for-errors",
    promise: "Every failure has its exit code.",
    old: "exitCode: error?.exitCode ?? 0,",
    new: "exitCode: 0,",
    killers: engineTest("a refused irreversible step"),
  },
]);

const proofs = [
  ...mutantsOf("core/plan/memory_proof.ts", [
    {
      id: "proof-digest-ignored",
      promise: "The engine compares the digest of what was read with the plan's.",
      old: "(target.sha256 === undefined || sha256 === target.sha256)",
      new: "true",
      killers: engineTest("a proof contains what came from the camera, and is compared with the"),
    },
    {
      id: "proof-of-another-place",
      promise: "A proof is about the memory that was written.",
      old: "address === target.address && bytes === target.length",
      new: "bytes === target.length",
      killers: engineTest("a proof contains what came from the camera, and is compared with the"),
    },
    {
      id: "proof-difference-not-told",
      promise: "What reads back different ends as verify-failed.",
      old: "if (!different) return proof;",
      new: "return proof;",
      killers: engineTest("a step whose target reads back different"),
    },
  ]),
  ...mutantsOf("core/plan/read_back.ts", [
    {
      id: "read-back-not-counted",
      promise: "A proof is of bytes that came over the transport.",
      old: "Math.min(length - missing, this.received() - before)",
      new: "length - missing",
      killers: engineTest("a step cannot make a proof itself"),
    },
    {
      id: "read-back-with-holes",
      promise: "A proof is of every byte of its ranges.",
      old: "Math.min(length - missing, this.received() - before)",
      new: "this.received() - before",
      killers: engineTest("a step cannot make a proof itself"),
    },
  ]),
  ...mutantsOf("core/device/received_bytes.ts", [
    {
      id: "received-bytes-of-writes",
      promise: "Only what a device sends counts as received.",
      old: "this.#count(await device.interruptIn(...all))",
      new: "await device.interruptIn(...all)",
      killers: [{
        test: "boards/openmv_rt1062/restore_test.ts",
        name: "flash through the camera's own bootloader",
      }],
    },
  ]),
  ...mutantsOf("core/plan/read_only_steps.ts", [
    {
      id: "verify-does-not-read",
      promise: "A verify reads all that it compares.",
      old: "(onRead) => compare(context, onRead),",
      new: "() => Promise.resolve(),",
      killers: [{
        test: "boards/openmv_stm32/flash_test.ts",
        name: "verify finds no difference and writes nothing, in bootloader and ROM",
      }],
    },
  ]),
  ...mutantsOf("core/plan/write_step.ts", [
    {
      id: "write-step-not-proven",
      promise: "What a step wrote is read back.",
      old:
        'prove: (context) => readBackProof(context, [target], read(context, "verified"), claim),',
      new: "",
      killers: [{ test: "boards/arduino/arduino_test.ts", name: "is flashed over DfuSe" }],
    },
    {
      id: "write-step-proves-what-it-wanted",
      promise: "A proof is of what was read, not of what was written.",
      old: "(memory) => memory.verifyRange(address, bytes, { ...run(context, phase), onRead }),",
      new: "async () => onRead(bytes, address),",
      killers: [{ test: "boards/arduino/arduino_test.ts", name: "is flashed over DfuSe" }],
    },
  ]),
];

export const proofMutants: readonly Mutant[] = [...engine, ...proofs];
