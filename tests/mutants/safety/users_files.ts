import { type Mutant, mutantsOf } from "./mutant.ts";

/** What would lose or give away what the user put on the camera, or make a check more than it is. */

const saving = (name: string) => [{ test: "tests/save_first_test.ts", name }];
const reading = (name: string) => [{ test: "core/plan/backup_steps_test.ts", name }];
const folder = (name: string) => [{ test: "core/cli/backup/backup_folder_test.ts", name }];
const puttingBack = (name: string) => [{ test: "tests/put_back_test.ts", name }];

const saved = [
  ...mutantsOf("core/plan/backup_steps.ts", [
    {
      id: "backup-read-once",
      promise: "A region is saved only when two readings are equal.",
      old: "if (last && isEqual(last, bytes)) return bytes;",
      new: "return bytes;",
      killers: reading("four readings that differ are no backup"),
    },
    {
      id: "backup-missing-region-passes",
      promise: "A backup that misses a region does not end with exit code 0.",
      old: "if (saved > 0 && !first) return Promise.resolve();",
      new: "if (saved > 0) return Promise.resolve();",
      killers: reading("what one region refuses leaves the others"),
    },
  ]),
  ...mutantsOf("core/plan/save_first.ts", [
    {
      id: "saving-consent-dropped",
      promise: "If a region cannot be saved, the person decides before anything changes.",
      old: "    consent: partialBackup,\n",
      new: "",
      killers: saving("a region that cannot be read ends an unattended run with 16"),
    },
    {
      id: "saving-failures-forgotten",
      promise: "If a region cannot be saved, the person decides before anything changes.",
      old: "if (missed.length > 0) return Promise.resolve(undefined);",
      new: "",
      killers: saving("a region that cannot be read ends an unattended run with 16"),
    },
    {
      id: "saving-never-saved-not-told",
      promise: "The summary names what is erased and not saved.",
      old: '          ...never.map((one) => ({ ...one, state: "not-saved" as const })),\n',
      new: "",
      killers: saving("the summary says what of the erased is lost"),
    },
  ]),
  ...mutantsOf("boards/openmv_stm32/flash.ts", [{
    id: "stm32-saved-after-writing",
    promise: "Files are read before they are erased.",
    old: `    ...saveBeforeFlash(options, board),
    ...steps,
`,
    new: `    ...steps,
    ...saveBeforeFlash(options, board),
`,
    killers: saving("the user's files are in the backup of"),
  }]),
];

const kept = mutantsOf("core/cli/backup/backup_folder.ts", [
  {
    id: "backup-replaces-a-file",
    promise: "A file that exists is never replaced.",
    old: "if (!note) this.#disk.requireNew();",
    new: "if (!note) return this;",
    killers: saving("a zip that exists is never replaced"),
  },
  {
    id: "backup-replaces-a-fuller-one",
    promise: "A backup with something that the new one has not is set aside.",
    old: "if (this.#hasMore(this.#disk.zip())) this.#disk.setZipAside();",
    new: "",
    killers: folder("a zip with something that the new one has not"),
  },
  {
    id: "backup-changed-part-taken",
    promise: "What the disk has changed is not taken for saved.",
    old: " || sha256(bytes) !== digest) continue;",
    new: ") continue;",
    killers: folder("a saved region that the disk has lost or changed"),
  },
  {
    id: "backup-of-a-simulation-continued",
    promise: "A backup of a simulated camera is never continued on a real one.",
    old: "if (note.simulated !== simulate) throw otherRun(this.name);",
    new: "",
    killers: folder("a backup of a simulated camera is never continued"),
  },
]);

const putBack = [
  ...mutantsOf("core/cli/commands/put_back.ts", [
    {
      id: "put-back-other-board",
      promise: "A backup of another board is refused.",
      old: "if (named && named.id !== backup.board.id) {",
      new: "if (named === null) {",
      killers: puttingBack("the command: another board"),
    },
    {
      id: "put-back-simulated",
      promise: "A backup of a simulated camera is never written to a real one.",
      old: "if (!simulated || options.simulate) return;",
      new: "return;",
      killers: puttingBack("the command: another board, a real camera"),
    },
  ]),
  ...mutantsOf("core/plan/put_back_steps.ts", [
    {
      id: "put-back-other-camera",
      promise: "A backup of another camera goes back only with its own consent.",
      old: "    consent: otherCamera,\n",
      new: "",
      killers: puttingBack("another camera of the same board needs a consent"),
    },
    {
      id: "put-back-denied-id",
      promise: "One id that denies it is enough to ask.",
      old: "return answers.includes(true) && !answers.includes(false);",
      new: "return answers.includes(true);",
      killers: [{
        test: "core/plan/put_back_steps_test.ts",
        name: "only if an id proves the camera and none denies it",
      }],
    },
    {
      id: "put-back-damaged-bootloader",
      promise: "A bootloader that fails its check is left out.",
      old: "    check(image);\n",
      new: "",
      killers: puttingBack("a bootloader that fails its check is left out"),
    },
  ]),
];

const checked = [
  ...mutantsOf("core/plan/engine.ts", [{
    id: "check-without-proof",
    promise: "Only a camera whose contents are proven is checked.",
    old: "if (this.#missingProof() ?? this.#missingConsent) return;",
    new: "",
    killers: [{ test: "core/plan/engine_events_test.ts" }, { test: "core/plan/engine_test.ts" }],
  }]),
  ...mutantsOf("core/openmv_bootloader/check.ts", [
    {
      id: "check-leaves-the-camera-stopped",
      promise: "The camera runs its own program again after a check.",
      old: "await opened.session.reset().catch(() => {});",
      new: "",
      killers: [{ test: "tests/check_test.ts", name: "a healthy camera sees, and runs again" }],
    },
    {
      id: "check-other-firmware",
      promise: "The running firmware is the one that was written.",
      old: "compareFirmware(board, answer, version, written);",
      new: "",
      killers: [{
        test: "tests/check_afterwards_test.ts",
        name: "firmware that is not what was written",
      }],
    },
  ]),
];

const recorded = mutantsOf("core/trace/user_data.ts", [
  {
    id: "trace-keeps-a-romfs",
    promise: "What the user put on the camera is in no file that is sent.",
    old: "if (names.some((name) => OF_THE_USER.test(String(name)))) this.#steps.add(id);",
    new: "",
    killers: [{ test: "tests/trace/exported_replay_test.ts" }],
  },
  {
    id: "trace-keeps-what-was-read",
    promise: "What the user put on the camera is in no file that is sent.",
    old: 'const ALL_OF_THE_USER = ["read", "backup", "put-back"];',
    new: "const ALL_OF_THE_USER: string[] = [];",
    killers: [{ test: "tests/trace/exported_replay_test.ts" }, {
      test: "tests/trace/runs_test.ts",
    }],
  },
]);

export const usersFiles: readonly Mutant[] = [
  ...saved,
  ...kept,
  ...putBack,
  ...checked,
  ...recorded,
];
