import { type Mutant, mutantsOf } from "./mutant.ts";

/** What would make a record, a recording or an embedded image say more than is true. */

const record = (name: string) => [{ test: "tests/station/records_test.ts", name }];
const everyByte = record("any changed byte, any missing and any inserted file is found");
const lock = (name: string) => [{ test: "tests/locked_images/lock_test.ts", name }];
const picture = (name: string) => [{ test: "core/openmv_bootloader/check_pictures_test.ts", name }];

const replaying = (name: string) => [{ test: "tests/traces/replay_test.ts", name }];

const records = [
  ...mutantsOf("core/cli/records/verify_folder.ts", [
    {
      id: "records-changed-record-passes",
      promise: "verify-records finds any changed record.",
      old: "else if (sha256(bytes) !== expected) {",
      new: "else if (bytes === null) {",
      killers: record("a byte that says nothing is found, too"),
    },
    {
      id: "records-changed-page-passes",
      promise: "verify-records finds any changed page.",
      old: "else if (sha256(page) !== record?.chain?.page) {",
      new: "else if (page === null) {",
      killers: record("a byte that says nothing is found, too"),
    },
    {
      id: "records-chain-ignored",
      promise: "Each record continues the one before it.",
      old: "record?.chain?.number !== at + 1 || record.chain.previous !== previous",
      new: "record === null",
      killers: record("a record removed together with its line"),
    },
    {
      id: "records-list-differs",
      promise: "batch.json says of each camera what its record says.",
      old: "} else if (!isSame(cameraOf(record, place), camera)) {",
      new: "} else if (record === null) {",
      killers: record("a record removed together with its line"),
    },
    {
      id: "records-end-ignored",
      promise: "batch.json names the last record.",
      old: "if (!isSame(end, last)) {",
      new: "if (end === null) {",
      killers: record("a record removed together with its line"),
    },
    {
      id: "records-inserted-passes",
      promise: "verify-records finds an inserted file.",
      old: "...others.filter((name) => !isUnfinished(name)).map((file) => ({",
      new: "...others.filter(() => false).map((file) => ({",
      killers: everyByte,
    },
    {
      id: "records-signature-ignored",
      promise: "With a key, a chain that somebody else made is refused.",
      old: "if (key && !isSignedBy(known, key)) {",
      new: "if (key === null) {",
      killers: record("with a key, a chain that somebody else made is refused"),
    },
  ]),
  ...mutantsOf("core/cli/records/batch.ts", [{
    id: "records-signature-always-right",
    promise: "Only the shop's key signs a batch.",
    old: "return verify(null, statement(last), key, bytesIn(signature.value));",
    new: "return verify !== undefined && key !== undefined;",
    killers: record("with a key, a chain that somebody else made is refused"),
  }]),
  ...mutantsOf("core/cli/records/batch_folder.ts", [
    {
      id: "records-two-stations",
      promise: "Two stations do not write into one folder.",
      old: "if (!this.#lock.tryLockSync(true)) {",
      new: "if (this.#lock === null) {",
      killers: record("two stations do not write into one folder"),
    },
    {
      id: "records-listed-before-written",
      promise: "A record is on the disk before the batch lists it.",
      old: `      for (const [file, bytes] of files) replaceBytes(partOf(file), bytes);
      replaceBytes(join(this.folder, batchFile), encode(jsonOf(next)));
`,
      new: `      replaceBytes(join(this.folder, batchFile), encode(jsonOf(next)));
      for (const [file, bytes] of files) replaceBytes(partOf(file), bytes);
`,
      killers: record("killed at any moment").concat(record("a full disk, at any write")),
    },
    {
      id: "records-killed-run-dropped",
      promise: "The record of a killed run is closed at the next start.",
      old: "if (!isKnown) this.add(report.finished ? report : { ...report, closed: true });",
      new: "",
      killers: record("killed at any moment"),
    },
  ]),
];

const recordings = [
  ...mutantsOf("core/trace/replayed_usb.ts", [
    {
      id: "replay-any-request",
      promise: "Each request of a replay must be the recorded one.",
      old: "(sent === undefined || isRecorded(sent, recorded.sent, recorded.leftOut));",
      new: "(sent === undefined || recorded !== undefined);",
      killers: replaying("one changed byte of a written block"),
    },
    {
      id: "replay-any-setup",
      promise: "Each request of a replay must be the recorded one.",
      old: "return endpoint === recorded.endpoint && isSameSetup && length === recorded.length &&",
      new: "return endpoint === recorded.endpoint && length === recorded.length &&",
      killers: replaying("one changed byte of a request's setup"),
    },
  ]),
  ...mutantsOf("core/cli/trace/replay_run.ts", [{
    id: "replay-unasked-passes",
    promise: "A replay that asks for less than was recorded differs.",
    old: "      : left && { difference: { recorded: left } }),",
    new: "      : undefined),",
    killers: replaying("a request that was recorded and is not asked for"),
  }]),
  ...mutantsOf("core/cli/trace/kept_trace.ts", [{
    id: "kept-run-with-user-data",
    promise: "A kept run contains nothing that the user put on the camera.",
    old: "(!withUserData && userData.includes(payload)) ||",
    new: "",
    killers: [{ test: "tests/trace/runs_test.ts" }],
  }]),
  ...mutantsOf("core/cli/trace/runs_folder.ts", [{
    id: "kept-runs-without-limit",
    promise: "At most 64 MB of runs are kept.",
    old: "if (at >= most || bytes > MOST_BYTES - ROOM) await Deno.remove(path);",
    new: "if (at >= most) await Deno.remove(path);",
    killers: [{ test: "tests/trace/runs_test.ts", name: "at most 20 runs are kept" }],
  }]),
];

const embedded = [
  ...mutantsOf("tools/images/locked_set.ts", [
    {
      id: "lock-other-size",
      promise: "A build embeds exactly the files of the lock.",
      old: "if (computed !== locked.sha256) {",
      new: "if (computed === undefined) {",
      killers: lock("the build is refused, with the file and the reason"),
    },
    {
      id: "lock-refused-embedded",
      promise: "Only what the maintainer accepted is embedded.",
      old: '.decision === "accepted";',
      new: ".decision !== undefined;",
      killers: [{ test: "tests/locked_images/program_test.ts" }],
    },
    {
      id: "lock-simulation-embedded",
      promise: "Images for simulated cameras are never embedded as real ones.",
      old: "if (practice) throw new Error(",
      new: "if (practice === null) throw new Error(",
      killers: lock("images for simulated cameras, or of another board, cannot be locked"),
    },
  ]),
  ...mutantsOf("tools/images/download.ts", [{
    id: "lock-any-redirect",
    promise: "A redirect leads only to hosts of the lock.",
    old: "if (allowed && !allowed.includes(to.host)) {",
    new: "if (allowed === null) {",
    killers: lock("a redirect from https to http is never followed"),
  }]),
];

const checks = [
  ...mutantsOf("core/openmv_bootloader/check.ts", [
    {
      id: "check-dark-passes",
      promise: "A camera whose pictures are black does not see.",
      old: "if (isOrdinary && (mean <= 0 || mean >= 255)) {",
      new: "if (isOrdinary && mean < 0) {",
      killers: picture("pictures that are black, white or all the same"),
    },
    {
      id: "check-unchanged-passes",
      promise: "A camera whose pictures never change does not see.",
      old: "if (isOrdinary && new Set(sums).size === 1) {",
      new: "if (isOrdinary && sums.length === 0) {",
      killers: picture("pictures that are black, white or all the same"),
    },
  ]),
  ...mutantsOf("core/openmv_bootloader/check_picture.ts", [{
    id: "check-picture-not-compared",
    promise: "The picture that arrives is the one that the camera took.",
    old: "if (picture && pictureSum(picture) === sum) return picture;",
    new: "if (picture) return picture;",
    killers: [{ test: "tests/check_test.ts", name: " is " }],
  }]),
];

const fieldTests = mutantsOf("core/cli/fieldtest/stage_runner.ts", [{
  id: "fieldtest-cut-at-a-fuse",
  promise: "The cable is never pulled while a fuse could be burnt.",
  old: 'if (job === cuts && steps.some(({ effect }) => effect === "irreversible")) {',
  new: "if (job === undefined) {",
  killers: [{
    test: "tests/fieldtest/field_test_test.ts",
    name: "a missing boot fuse is reported, never burnt",
  }],
}]);

const names = mutantsOf("core/cli/trace/names.ts", [
  {
    id: "names-home-stays",
    promise: "A file to send contains no path of the user's.",
    old: '  add(home, "~", false);\n',
    new: "",
    killers: [{ test: "core/cli/trace/names_test.ts" }],
  },
  {
    id: "names-user-stays",
    promise: "A file to send names nobody.",
    old: '  add(user, "USER", true);\n',
    new: "",
    killers: [{ test: "core/cli/trace/names_test.ts" }],
  },
  {
    id: "names-host-stays",
    promise: "A file to send names no computer.",
    old: '  add(host, "HOST", true);\n',
    new: "",
    killers: [{ test: "core/cli/trace/names_test.ts" }],
  },
  {
    id: "names-operator-stays",
    promise: "A file to send names nobody.",
    old: '  add(operator, "OPERATOR", true);\n',
    new: "",
    killers: [{ test: "core/cli/trace/names_test.ts" }],
  },
]);

const station = mutantsOf("core/station/station.ts", [{
  id: "station-failure-forgotten",
  promise: "A station with a failed camera does not end with exit code 0.",
  old: "exitCode: this.#firstFailure?.exitCode ?? 0 };",
  new: "exitCode: 0 };",
  killers: [{ test: "tests/station/station_test.ts", name: "eight cameras at once" }],
}]);

export const recordMutants: readonly Mutant[] = [
  ...records,
  ...recordings,
  ...embedded,
  ...checks,
  ...fieldTests,
  ...names,
  ...station,
];
