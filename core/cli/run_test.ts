import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { MemoryBus } from "../transport/usb/memory.ts";
import { VirtualBus } from "../transport/usb/virtual_bus.ts";
import { ran } from "../../tests/support/cli/command_rig.ts";
import { toyFamily } from "../../tests/support/cli/toy_family.ts";

const simulated = "--simulate --fast --yes";

Deno.test("restore of a simulated camera: plain lines, proof, remaining steps by hand, exit code 0", async () => {
  const { code, out, error } = await ran(`restore toy ${simulated}`);
  assert.equal(error, "");
  assert.equal(code, 0);
  assert.equal(
    out,
    `Restore Toy Camera (simulated)
Images: folder OPENMVTOY of the bundled images (no set for it has been imported)
Some images are for simulated cameras only.
  writes  firmware  0x00000000  1000 bytes  firmware.bin
Do this now:
  1. Disconnect the camera.
  2. Connect a jumper wire between A and B.
  3. Connect the camera.
unbrick then continues by itself. It is waiting for the toy camera (at most 2
min 0 s).
On USB now: no camera.
On USB now: toy ROM (port 1-1).
Using the toy ROM on port 1-1.
+ Find the camera (1.8 s)
Before anything is written:
  Camera    Toy Camera. You chose it. It is on port 1-1: toy ROM.
  Images    folder OPENMVTOY of the bundled images: firmware.bin (1000 bytes).
  Erased    firmware. The present contents are lost.
  Kept      Nothing is guaranteed to be kept.
  Permanent No permanent changes. Everything can be rewritten.
  Time      About 1.0 s, plus the steps by hand.
14 %: Write the firmware, 64 bytes of 1000 bytes, about 0.2 s left
20 %: Write the firmware, 128 bytes of 1000 bytes, about 0.2 s left
32 %: Write the firmware, 256 bytes of 1000 bytes, about 0.2 s left
49 %: Write the firmware, 448 bytes of 1000 bytes, about 0.1 s left
55 %: Write the firmware, 512 bytes of 1000 bytes, about 0.1 s left
67 %: Write the firmware, 640 bytes of 1000 bytes
73 %: Write the firmware, 704 bytes of 1000 bytes
84 %: Write the firmware, 832 bytes of 1000 bytes
90 %: Write the firmware, 896 bytes of 1000 bytes
100 %: Write the firmware, 1000 bytes of 1000 bytes
+ Write the firmware (0.2 s)

+ The Toy Camera is restored (2.0 s).
  Proof, read from the camera: Firmware equals firmware.bin (1000 bytes read
  back).
  The camera has not been seen running yet. It last appeared as toy ROM.

Still to do by hand:
  1. Disconnect the camera.
  2. Remove the jumper wire.
  3. Connect the camera.
`,
  );
});

Deno.test("--json: every line has the schema and a time; the last event has the exit code", async () => {
  const { code, json } = await ran(`restore toy ${simulated} --json`);
  assert.equal(code, 0);
  for (const line of json) {
    assert.equal(line.schema, 1);
    assert.match(String(line.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  }
  const types = json.map((line) => line.type).filter((type) => type !== "progress");
  assert.deepEqual(types, [
    "run-started",
    "step-started",
    "hardware",
    "seen",
    "seen",
    "connected",
    "awaited",
    "step-done",
    "about-to-write",
    "consent",
    "step-started",
    "changing",
    "proof",
    "step-done",
    "run-ended",
  ]);
  assert.deepEqual(
    [json.at(-1)?.outcome, json.at(-1)?.exitCode, json.at(-1)?.error],
    ["proven", 0, undefined],
  );
});

Deno.test("without --yes, nobody can be asked in a pipe: consent-needed, nothing written", async () => {
  const { code, out } = await ran("restore toy --simulate --fast");
  assert.equal(code, 16);
  assert.match(
    out,
    /Nothing was written\.\n\nWhat to do:\n {2}- To write without being asked, add: --yes/,
  );
});

Deno.test("--yes never includes an irreversible step; --allow does", async () => {
  const families = [toyFamily({ fuse: true })];
  const refused = await ran(`restore toy ${simulated}`, { families });
  assert.equal(refused.code, 16);
  assert.match(
    refused.out,
    /Everything that was written is proven, but the camera needs one more step/,
  );
  assert.match(refused.out, /--allow-fuse toy-fuse/);
  const allowed = await ran(`restore toy ${simulated} --allow toy-fuse`, { families });
  assert.equal(allowed.code, 0);
  assert.match(allowed.out, /The toy fuse is burnt\./);
});

Deno.test("a camera that does not keep its contents is never reported as restored", async () => {
  const { code, out } = await ran(`restore toy ${simulated}`, {
    families: [toyFamily({ forgetful: true })],
  });
  assert.equal(code, 15);
  assert.match(
    out,
    /x The toy forgot its firmware\.\n {2}Partly written: run the same command again\./,
  );
  assert.doesNotMatch(out, /is restored/);
});

Deno.test("a defect shows no stack trace, unless --json --debug asks for it", async () => {
  const families = [toyFamily({ defect: new TypeError("undefined is not a camera") })];
  const plain = await ran(`restore toy ${simulated}`, { families });
  assert.equal(plain.code, 1);
  assert.match(plain.out, /unbrick itself failed: undefined is not a camera/);
  assert.match(plain.out, /Please report it/);
  for (const line of (plain.out + plain.error).split("\n")) {
    assert.doesNotMatch(line, /^ +at .*:\d+/);
  }
  const debug = await ran(`restore toy ${simulated} --json --debug`, { families });
  assert.match(String(debug.json.at(-1)?.stack), /TypeError.*\n +at /);
});

Deno.test("refusals come before anything else is opened", async () => {
  const arduino = await ran("restore arduino-fixed --yes");
  assert.equal(arduino.code, 12);
  assert.match(arduino.error, /bootloader of the Fixed Camera is its maker's/);
  assert.match(arduino.error, /Nothing was written\./);
  const unknown = await ran("restore toi --yes");
  assert.equal(unknown.code, 2);
  assert.match(unknown.error, /Did you mean toy\?/);
});

Deno.test("for a mistyped consent, role or job, the error names the nearest one", async () => {
  for (
    const [line, near] of [
      ["restore toy --simulate --fast --yes --allow toy-fues", /Did you mean toy-fuse\?/],
      ["restore toy --simulate --fast --allow=wirte", /Did you mean write\?/],
      ["restore toy --simulate --fast --image fimware=x.bin", /Did you mean firmware\?/],
      ["plan restor toy", /Did you mean restore\?/],
    ] as const
  ) {
    const { code, error } = await ran(line);
    assert.equal(code, 2, line);
    assert.match(error.replaceAll(/\s+/g, " "), near, line);
  }
});

Deno.test("a simulation-only image is never written to a real camera", async () => {
  const clock = new VirtualClock();
  const bus = new MemoryBus(new VirtualBus(), clock);
  const { code, error } = await ran("restore toy --yes", { bus, context: { clock } });
  assert.equal(code, 13);
  assert.match(
    error,
    /firmware\.bin from the bundled images is for simulated cameras only/,
  );
});

Deno.test("a real restore without a named board: the connected camera decides", async () => {
  const clock = new VirtualClock();
  const virtual = new VirtualBus();
  const family = toyFamily();
  const camera = family.simulate(family.boards[0], {
    clock,
    socket: virtual.socket("1-3"),
    condition: "bricked",
  });
  const { code, out } = await clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    const bus = new MemoryBus(virtual, clock);
    return await ran("restore --yes", {
      families: [family],
      bus,
      context: { clock },
      simulationOnly: false,
    });
  });
  assert.equal(code, 0, out);
  assert.doesNotMatch(out, /simulated/);
  assert.deepEqual(camera.memory("any").slice(0, 3), Uint8Array.of(0, 7, 14));
});

Deno.test("no camera and no named board is not-found; a question about the board needs somebody to answer", async () => {
  const clock = new VirtualClock();
  const bus = new MemoryBus(new VirtualBus(), clock);
  assert.equal((await ran("flash --yes", { bus, context: { clock } })).code, 3);
  assert.equal((await ran("restore --simulate --yes --fast")).code, 16);
  assert.equal((await ran("")).code, 16);
});

Deno.test("read writes a new file and refuses to overwrite one", async () => {
  const folder = Deno.makeTempDirSync();
  const file = `${folder}/memory.bin`;
  const line = `read toy --simulate --fast --address 4 --length 16 -o ${file}`;
  assert.equal((await ran(line)).code, 0);
  assert.deepEqual(Deno.readFileSync(file), new Uint8Array(16).fill(0xFF));
  const again = await ran(line);
  assert.equal(again.code, 2);
  assert.match(again.error, /will not be overwritten/);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("verify reports a difference with its own exit code", async () => {
  const { code, out } = await ran("verify toy --simulate --fast");
  assert.equal(code, 15);
  assert.match(out, /The firmware differs\.\n {2}Nothing was written\./);
});

Deno.test("--report keeps the record of the run", async () => {
  const folder = Deno.makeTempDirSync();
  assert.equal((await ran(`restore toy ${simulated} --report ${folder}/run.json`)).code, 0);
  const report = JSON.parse(Deno.readTextFileSync(`${folder}/run.json`));
  assert.deepEqual(
    [report.schema, report.tool.version, report.outcome, report.steps[1].state],
    [1, "1.2.3", "proven", "done"],
  );
  assert.equal((await ran(`restore toy ${simulated} --report ${folder}/none/run.json`)).code, 3);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("plan prints the steps, with addresses and hashes, and opens nothing", async () => {
  const text = await ran("plan toy");
  assert.equal(
    text.out,
    `Plan: restore Toy Camera
Images: folder OPENMVTOY of the bundled images (no set for it has been imported)
Some images are for simulated cameras only.
To get OpenMV firmware releases, on a computer with a network:
https://github.com/openmv/openmv/releases

 1. Find the camera (changes nothing, about 0.1 s)
 2. Write the firmware (writes, about 1.0 s)
      firmware: 0x00000000, 1000 bytes, firmware.bin
      sha256 ${text.out.slice(-65).trim()}
`,
  );
  const { json } = await ran("plan flash toy --json");
  assert.equal(json.length, 1);
  assert.deepEqual([json[0].schema, json[0].type, json[0].job], [1, "plan", "flash"]);
  assert.equal((await ran("plan flesh toy")).code, 2);
});

Deno.test("boards lists names, chips, jobs and the reasons why a job is refused", async () => {
  assert.equal(
    (await ran("boards")).out,
    `BOARD          FOLDER         CHIP
    JOBS
openmv-toy     OPENMVTOY      TOY1
    restore flash verify read backup put-back check
arduino-fixed  ARDUINO_FIXED  TOY1
    flash verify read backup put-back check

arduino-fixed: The bootloader of the Fixed Camera is its maker's.

--allow-fuse toy-fuse: Burn the toy fuse, for ever.
`,
  );
  const { json } = await ran("boards --json");
  assert.deepEqual(json.map(({ type, id }) => [type, id]), [
    ["board", "openmv-toy"],
    ["board", "arduino-fixed"],
  ]);
});

Deno.test("devices lists what is connected, and says so if nothing is", async () => {
  const clock = new VirtualClock();
  const virtual = new VirtualBus();
  const family = toyFamily();
  const surroundings = () => ({ bus: new MemoryBus(virtual, clock), context: { clock } });
  const empty = await clock.run(() => ran("devices", surroundings()));
  assert.match(empty.out, /^No camera is connected over USB\.\n\nWhat to do:/);
  await family.simulate(family.boards[0], { clock, socket: virtual.socket("1-2") })
    .perform({ id: "plug", text: "" });
  const one = await clock.run(() => ran("devices", surroundings()));
  assert.equal(
    one.out,
    `port 1-2  7091:0002  toy bootloader
    mode bootloader
    Toy Camera
    serial TOY0001
`,
  );
  const { json } = await clock.run(() => ran("devices --json", surroundings()));
  assert.deepEqual([json[0].type, json[0].port, json[0].serial], ["device", "1-2", "TOY0001"]);
});

Deno.test("devices says what the problem is", async () => {
  const clock = new VirtualClock();
  const virtual = new VirtualBus();
  const family = toyFamily();
  await family.simulate(family.boards[0], { clock, socket: virtual.socket("1-2") })
    .perform({ id: "plug", text: "" });
  const bus = new MemoryBus(virtual, clock);
  bus.open = () => Promise.reject(new UnbrickError("permission", "No access to the device."));
  const { out, code } = await clock.run(() => ran("devices", { bus, context: { clock } }));
  assert.equal(code, 0);
  assert.match(out, /cannot be used: No access to the device\./);
  assert.match(out, /60-unbrick\.rules/);
});

Deno.test("devices --watch shows connections and disconnections until Ctrl-C", async () => {
  const clock = new VirtualClock();
  const virtual = new VirtualBus();
  const family = toyFamily();
  const camera = family.simulate(family.boards[0], { clock, socket: virtual.socket("1-2") });
  const stop = new AbortController();
  const bus = new MemoryBus(virtual, clock);
  const { json, code } = await clock.run(async () => {
    const watching = ran("devices --watch --json", {
      bus,
      context: { clock, signal: stop.signal },
    });
    await clock.sleep(5000);
    await camera.perform({ id: "plug", text: "" });
    await clock.sleep(5000);
    await camera.perform({ id: "unplug", text: "" });
    await clock.sleep(5000);
    stop.abort();
    return await watching;
  });
  assert.equal(code, 0);
  assert.deepEqual(json.map(({ type, port }) => [type, port]), [["arrived", "1-2"], [
    "left",
    "1-2",
  ]]);
});

Deno.test("read needs a place for its output before it uses the camera", async () => {
  const { code, out, error } = await ran("read toy --simulate --fast -o /nowhere/firmware.bin");
  assert.equal(code, 3);
  assert.equal(out, "");
  assert.match(error, /\/nowhere\/firmware\.bin cannot be written: [^:]*\.\n/);
});

Deno.test("for a wrong command line, the error names the help of its command; for a wrong board, the list of boards", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["plan", /The board's name is missing\.[^]*unbrick plan --help/],
    ["restore toy --timeout soon", /unbrick restore --help/],
    ["restore tyo", /no board called "tyo"[^]*run: unbrick boards/],
    ["restore fixed", /what each board supports, run: unbrick boards/],
    ["licenses", /THIRD_PARTY\.md/],
    ["trace", /The command trace needs one of these words: show\./],
  ];
  for (const [line, expected] of cases) {
    assert.match((await ran(line)).error, expected, line);
  }
});

Deno.test("help, the version and the completion script are texts: with --json they are refused", async () => {
  for (
    const line of [
      "--help --json",
      "--json help",
      "help restore --json",
      "restore --help --json",
      "--version --json",
      "help exit-codes --json",
      "completion bash --json",
      "completion --json bash",
      "--json completion zsh",
    ]
  ) {
    const { code, out, error } = await ran(line);
    assert.equal(code, 2, line);
    assert.match(out + error, /--json/, line);
    assert.doesNotMatch(out, /Usage|1\.2\.3|complete -F|compdef/, line);
  }
  const valued = await ran("restore toy --json=true");
  assert.equal(valued.json[0].type, "failed", valued.error);
  const { code, out } = await ran(["completion", "bash", "restore", "--json", "--y"]);
  assert.equal(code, 0);
  assert.match(out, /--yes/, "a press of Tab behind --json");
});
