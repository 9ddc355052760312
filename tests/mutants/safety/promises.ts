import { type Mutant, mutantsOf } from "./mutant.ts";

/** What breaks a promise of ARCHITECTURE.md about cameras, waits and consents. */

const contextTest = (name: string) => [{ test: "core/plan/run_context_test.ts", name }];

const device = [
  ...mutantsOf("core/device/bound_camera.ts", [
    {
      id: "camera-any-port",
      promise: "A run stays with the port of its camera.",
      old: "return this.#options.port === undefined && isSame === true;",
      new: "return true;",
      killers: contextTest("the run stays with the port"),
    },
    {
      id: "camera-any-serial",
      promise: "Another camera on the same port is refused.",
      old: "portOf(device) === this.#port) return isSame !== false;",
      new: "portOf(device) === this.#port) return true;",
      killers: [{
        test: "boards/openmv_stm32/restore_test.ts",
        name: "another camera in the port after the jumper is refused",
      }],
    },
    {
      id: "camera-given-port-ignored",
      promise: "--port keeps every other camera out.",
      old: "    this.#port = options.port;\n",
      new: "",
      killers: contextTest("--port keeps every other camera out"),
    },
    {
      id: "camera-told-id-not-compared",
      promise: "Every id that a camera tells is compared with those it showed before.",
      old: "if (this.#unit.isSame(id) === false) throw this.#another(id.id);",
      new: "",
      killers: [{ test: "core/device/known_unit_test.ts", name: "an id that the camera tells" }],
    },
    {
      id: "camera-swap-is-a-timeout",
      promise: "A failure names its cause: another camera came.",
      old: "makeTimeout: () => swapped ?? this.#timeoutError(expectation, last),",
      new: "makeTimeout: () => this.#timeoutError(expectation, last),",
      killers: [{
        test: "boards/openmv_stm32/restore_test.ts",
        name: "another camera in the port after the jumper is refused",
      }],
    },
    {
      id: "camera-not-asked-which",
      promise: "What remains open is asked.",
      old: "(fits.length > 1 && choose ? await choose(fits) : fits[0]);",
      new: "fits[0];",
      killers: contextTest("two candidates are asked about"),
    },
  ]),
  ...mutantsOf("core/device/known_unit.ts", [
    {
      id: "unit-not-remembered",
      promise: "Every id that the camera shows is kept.",
      old: "    if (id) this.remember(id);\n",
      new: "",
      killers: [{
        test: "boards/openmv_stm32/restore_test.ts",
        name: "another camera in the port after the jumper is refused",
      }],
    },
    {
      id: "unit-contradiction-outvoted",
      promise: "One id that contradicts is another camera.",
      old: "return answers.includes(false) ? false : answers.find(",
      new: "return answers.find(",
      killers: [{ test: "core/device/known_unit_test.ts", name: "one id that contradicts" }],
    },
  ]),
  ...mutantsOf("core/device/held_session.ts", [
    {
      id: "session-of-an-earlier-stay",
      promise: "A device that was plugged in anew is opened anew.",
      old: "if (this.#held?.connection !== connection || this.#held.kind !== kind) {",
      new: "if (this.#held?.kind !== kind) {",
      killers: contextTest("a device that was plugged in anew"),
    },
  ]),
];

const waits = [
  ...mutantsOf("core/device/look_until.ts", [
    {
      id: "wait-without-deadline",
      promise: "Every wait has a deadline.",
      old: "if (left <= 0 && makeTimeout) throw makeTimeout();",
      new: "",
      killers: contextTest("a wait ends at its deadline"),
    },
    {
      id: "wait-without-signal",
      promise: "Every wait has a signal.",
      old: "    throwIfAborted(signal);\n    const left",
      new: "    const left",
      killers: [{ test: "core/device/look_until_test.ts" }],
    },
  ]),
  ...mutantsOf("core/common/clock.ts", [
    {
      id: "deadline-dropped",
      promise: "Work with a deadline ends at it, even if it ignores its signal.",
      old: "      stop.abort(error);\n      reject(error);",
      new: "      stop.abort(error);",
      killers: [{ test: "core/common/clock_test.ts" }],
    },
  ]),
];

const gates = [
  ...mutantsOf("core/cli/session.ts", [
    {
      id: "yes-includes-everything",
      promise: "--yes never includes the consent to an irreversible step.",
      old: 'new Set(yes ? ["write", ...allow] : allow)',
      new: 'new Set(yes ? ["write", "toy-fuse", ...allow] : allow)',
      killers: [{
        test: "core/cli/run_test.ts",
        name: "an irreversible step is never part of --yes",
      }],
    },
  ]),
  ...mutantsOf("core/cli/operators/unattended.ts", [
    {
      id: "unattended-agrees",
      promise: "Without a person, only given consents count.",
      old: "if (grantedConsents.has(id)) return Promise.resolve(true);",
      new: "if (true) return Promise.resolve(true);",
      killers: [{ test: "core/cli/run_test.ts", name: "without --yes nobody is asked" }],
    },
  ]),
  ...mutantsOf("core/image/signature.ts", [
    {
      id: "signature-always-right",
      promise: "With a pinned key, only sets signed with it are used.",
      old: "verify(null, manifestBytes, pinned.key, signature);",
      new: "true;",
      killers: [{ test: "tests/image_set_keys_test.ts", name: "signed sets only" }],
    },
    {
      id: "signature-missing-is-right",
      promise: "With a pinned key, an unsigned set is refused.",
      old: 'return isSigned ? "signed" : "refused";',
      new: 'return isSigned || !signature ? "signed" : "refused";',
      killers: [{ test: "tests/image_set_keys_test.ts", name: "signed sets only" }],
    },
  ]),
  ...mutantsOf("core/image/store_disk.ts", [
    {
      id: "import-not-renamed",
      promise: "A killed import leaves the older set whole.",
      old: "      rename(from, to);\n",
      new: "",
      killers: [{ test: "core/image/set_store_test.ts" }],
    },
  ]),
  ...mutantsOf("core/family/planner.ts", [
    {
      id: "plan-of-a-refused-job",
      promise: "A job that a board does not support is refused.",
      old: "if (support !== true || !make) {",
      new: "if (!make) {",
      killers: [{ test: "core/family/planner_test.ts" }],
    },
  ]),
  ...mutantsOf("core/openmv_bootloader/keep_romfs.ts", [
    {
      id: "romfs-looked-at-once",
      promise: "Two looks must agree before the user's file system is judged.",
      old: "if (isDeepStrictEqual(next, last)) return next;",
      new: "return last;",
      killers: [{
        test: "core/openmv_bootloader/keep_romfs_test.ts",
        name: "two looks must agree",
      }],
    },
    {
      id: "romfs-written-wrong-is-kept",
      promise: "What was written wrong is not the user's in the next run.",
      old: 'if (isKind(error, "verify-failed")) await place.wipe(context).catch(() => {});',
      new: "",
      killers: [{
        test: "core/openmv_bootloader/keep_romfs_test.ts",
        name: "what was written wrong",
      }],
    },
    {
      id: "romfs-application-overwritten",
      promise: "An application of openmv-ota is never overwritten without its consent.",
      old: 'if (mode === "write") throw otaApp(place.region);',
      new: 'if (mode === "write") return undefined;',
      killers: [{ test: "core/openmv_bootloader/keep_romfs_test.ts", name: "needs its consent" }],
    },
  ]),
];

export const promises: readonly Mutant[] = [...device, ...waits, ...gates];
