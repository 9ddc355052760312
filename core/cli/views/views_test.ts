import assert from "node:assert/strict";
import type { NewRunEvent, RunEvent } from "../../plan/events.ts";
import { makeStyle, plainStyle } from "../terminal/style.ts";
import { barLine } from "./bar.ts";
import { endingLines } from "./ending.ts";
import { jsonLine } from "../json/json_line.ts";
import { plain, plainStart } from "./run_plain.ts";
import { initialRun, reduce, type RunState } from "./run_state.ts";
import { logLines, statusLines } from "./run_terminal.ts";

const afterActions = [{ id: "unplug", text: "Unplug the camera." }] as const;
const options = { board: { afterActions }, os: "linux", style: plainStyle, width: 80 } as const;

const rom = {
  port: "1-1",
  mode: "rom",
  usbId: "0483:df11",
  title: "ST ROM",
  boardIds: ["openmv-h7"],
} as const;

const started: NewRunEvent = {
  type: "run-started",
  job: "restore",
  board: { id: "openmv-h7", name: "OpenMV Cam H7" },
  simulated: false,
  imagesFrom: "release.zip",
  images: [],
  steps: [],
};

const progress = (fraction: number, done: number): NewRunEvent => ({
  type: "progress",
  step: "write",
  title: "Write the bootloader",
  fraction,
  done,
  total: 131072,
  unit: "bytes",
  rate: 32000,
  remainingMs: 2100,
});

function stateOf(...events: NewRunEvent[]): RunState {
  return events.reduce((state, event, at) => reduce(state, { ...event, at: at * 100 }), initialRun);
}

const at = (event: NewRunEvent, ms = 0) => ({ ...event, at: ms }) as RunEvent;

Deno.test("the bar keeps its length and omits what does not fit", () => {
  const now = at(progress(0.43, 57344)) as Extract<RunEvent, { type: "progress" }>;
  assert.deepEqual([120, 79, 60, 40, 24, 10].map((width) => barLine(now, width, plainStyle)), [
    "  ############------------------   43 %  2.1 s left  56 KiB of 128 KiB  31.3 KiB/s",
    "  ########-----------   43 %  2.1 s left  56 KiB of 128 KiB  31.3 KiB/s",
    "  ######---------   43 %  2.1 s left  56 KiB of 128 KiB",
    "  ####------   43 %  2.1 s left",
    "  ###-----   43 %",
    "  ###-----",
  ]);
  const full = { ...now, fraction: 1, remainingMs: 0, rate: undefined, done: 131072 };
  assert.equal(barLine(full, 60, plainStyle), "  ###############  100 %  128 KiB of 128 KiB");
  assert.equal(
    barLine({ ...now, unit: "milliseconds" }, 60, makeStyle({ colour: true, unicode: true })),
    "  \x1b[32m██████\x1b[39m\x1b[2m░░░░░░░░░\x1b[22m   43 %  2.1 s left",
  );
});

Deno.test("status lines: what is awaited and what appeared, then the step and the bar", () => {
  const waiting: NewRunEvent = {
    type: "hardware",
    actions: [],
    waitingFor: "the camera in its ROM bootloader",
    deadlineMs: 60_000,
  };
  const seen: NewRunEvent = { type: "seen", detectedDevices: [rom] };
  assert.deepEqual(statusLines(stateOf(started, waiting, seen), 20_000, options), [
    "Waiting for the camera in its ROM bootloader ... 40 s left",
    "On USB now: ST ROM (port 1-1).",
  ]);
  const step: NewRunEvent = { type: "step-started", step: "write", title: "Write the bootloader" };
  assert.deepEqual(
    statusLines(stateOf(started, waiting, seen, step, progress(0.1, 0)), 0, {
      ...options,
      width: 41,
    }),
    ["Write the bootloader", "  #---------   10 %  2.1 s left"],
  );
  for (const width of [80, 40, 20]) {
    const lines = statusLines(stateOf(started, waiting, seen), 0, { ...options, width });
    for (const line of lines) assert.ok(line.length < width, `${line.length} in ${width}`);
  }
});

Deno.test("hardware actions are numbered and wrapped to the terminal", () => {
  const actions = [
    { id: "unplug", text: "Disconnect the camera." },
    { id: "fit-jumper", text: "Connect a jumper wire between the BOOT and RST pins." },
  ] as const;
  const event = at({ type: "hardware", actions, waitingFor: "it", deadlineMs: 1000 });
  assert.deepEqual(logLines(initialRun, event, { ...options, width: 30 }), [
    "",
    "Do this now:",
    "  1. Disconnect the camera.",
    "  2. Connect a jumper wire",
    "     between the BOOT and RST",
    "     pins.",
    "",
  ]);
});

Deno.test("plain progress: one line for each 10 % of the run, or every ten seconds", () => {
  let state = plainStart;
  const lines: string[] = [];
  for (let i = 0; i <= 100; i++) {
    const next = plain(state, at(progress(i / 100, i * 1310), i * 50), options);
    state = next.state;
    lines.push(...next.lines);
  }
  assert.equal(lines.length, 10);
  assert.equal(
    lines[4],
    "50 %: Write the bootloader, 64 KiB of 128 KiB, 31.3 KiB/s, about 2.1 s left",
  );
  assert.equal(plain(state, at(progress(1, 131072), 16_000), options).lines.length, 1);
});

const ended = (more: object): Extract<RunEvent, { type: "run-ended" }> =>
  at({ type: "run-ended", outcome: "proven", exitCode: 0, ms: 9400, ...more }) as Extract<
    RunEvent,
    { type: "run-ended" }
  >;
const proof: NewRunEvent = {
  type: "proof",
  step: "write",
  proof: { claim: "The bootloader equals bootloader.bin.", evidence: "read-back" },
};
const changing: NewRunEvent = { type: "changing", step: "write", what: "flash" };
const connected: NewRunEvent = { type: "connected", detected: rom };

Deno.test("the end of a good run: proof, and the jumper if the camera is still in its ROM", () => {
  assert.deepEqual(
    endingLines(stateOf(started, connected, changing, proof), ended({}), options),
    [
      "+ The OpenMV Cam H7 is restored (9.4 s).",
      "  Proof, read from the camera: The bootloader equals bootloader.bin.",
      "  The camera has not been seen running yet. It last appeared as ST ROM.",
      "",
      "Still to do by hand:",
      "  1. Unplug the camera.",
    ],
  );
  const running = { type: "seen", detectedDevices: [{ ...rom, mode: "firmware" }] } as const;
  assert.deepEqual(endingLines(stateOf(started, connected, proof, running), ended({}), options), [
    "+ The OpenMV Cam H7 is restored; everything was already correct (9.4 s).",
    "  Proof, read from the camera: The bootloader equals bootloader.bin.",
    "  The camera is running: it appeared on port 1-1 as ST ROM.",
  ]);
});

Deno.test("the end of a failed run: cause, what it means for the camera, what to do", () => {
  const error = { kind: "disconnected", message: "The camera left the USB bus.", data: {} };
  const text = (outcome: string) =>
    endingLines(stateOf(started, changing), ended({ outcome, error }), options).join("\n");
  assert.equal(
    text("partly-written"),
    `x The camera left the USB bus.
  Partly written: run the same command again.

What to do:
  - Check the cable, and plug it into the computer, not a hub.
  - Run the same command again. It reads the camera and does what is missing.`,
  );
  assert.match(text("unchanged"), /^ {2}Nothing was written\.$/m);
  assert.match(text("not-proven"), /^ {2}Written but not proven\.$/m);
});

Deno.test("in a narrow terminal, advice lines that people copy are not broken", () => {
  const error = { kind: "permission", message: "No access.", data: {} };
  const state = stateOf(started);
  const failed = ended({ outcome: "unchanged", error });
  const lines = endingLines(state, failed, { ...options, width: 40 });
  assert.ok(
    lines.some((line) => /^ {4}SUBSYSTEM=="usb", ATTR{idVendor}=="0483".*"uaccess".*$/.test(line)),
  );
});

Deno.test("a JSON line", () => {
  assert.equal(
    jsonLine(at({ type: "note", text: "hello" }, 5), new Date(0)),
    '{"schema":1,"time":"1970-01-01T00:00:00.000Z","type":"note","text":"hello","at":5}',
  );
});
