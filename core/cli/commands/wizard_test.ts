import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { type ErrorData, UnbrickError } from "../../common/errors.ts";
import { MemoryBus } from "../../transport/usb/memory.ts";
import { VirtualBus } from "../../transport/usb/virtual_bus.ts";
import { systemClock } from "../../common/clock.ts";
import { ran, type Surroundings } from "../../../tests/support/cli/command_rig.ts";
import { type Dialogue, keyboard, keys } from "../../../tests/support/cli/keyboard.ts";
import { toyFamily } from "../../../tests/support/cli/toy_family.ts";

const { enter, ctrlC } = keys;

/** Runs a command line at a terminal that presses the keys of a dialogue. */
async function led(line: string, dialogue: Dialogue, surroundings: Surroundings = {}) {
  const board = keyboard(dialogue);
  const stop = new AbortController();
  const { code } = await ran(line, {
    ...surroundings,
    prompts: board.prompts,
    context: {
      signal: stop.signal,
      openKeys: () => ({
        input: board.input,
        interrupt: () => stop.abort(new UnbrickError("cancelled", "Stopped by the user.")),
      }),
      ...surroundings.context,
    },
    console: {
      isTerminal: true,
      canAsk: true,
      write: board.write,
      writeError: board.write,
    },
  });
  return { code, screen: stripVTControlCharacters(board.screen), unanswered: board.unanswered };
}

const stepsByHand: Dialogue = [
  [/By hand, 1 of 3: Disconnect[^]*Practice/, enter],
  [/By hand, 2 of 3: Connect a jumper[^]*Practice/, enter],
  [/By hand, 3 of 3: Connect the camera[^]*Practice/, enter],
];

Deno.test("from the first question to the restored camera, by keys", async () => {
  const { code, screen, unanswered } = await led("--simulate", [
    [/Which camera do you have/, "openmv-toy\r"],
    [/What is wrong/, enter],
    ...stepsByHand,
    [/Kept[^]*Write firmware to this Toy Camera\?/, "y"],
  ]);
  assert.deepEqual(unanswered, [], screen);
  assert.equal(code, 0);
  assert.match(screen, /OK\. unbrick will check this when the camera starts/);
  assert.match(screen, /The Toy Camera is restored/);
});

Deno.test("extra key presses do not confirm an action that is not on the screen yet", async () => {
  const { code, screen, unanswered } = await led("--simulate", [
    [/Which camera do you have/, enter.repeat(3)],
    [/What is wrong/, enter.repeat(3)],
    ...stepsByHand.slice(0, -1).map(([on]) => [on, enter.repeat(3)] as const),
    ...stepsByHand.slice(-1),
    [/Write firmware to this Toy Camera\?/, "y"],
  ]);
  assert.deepEqual(unanswered, [], screen);
  assert.equal(code, 0);
  assert.doesNotMatch(screen, /has not appeared on USB yet/);
});

Deno.test("Ctrl-C during a write ends with 130", async () => {
  const { code, screen, unanswered } = await led("--simulate", [
    [/Which camera do you have/, enter],
    [/What is wrong/, enter],
    ...stepsByHand,
    [/Write firmware to this Toy Camera\?/, "y"],
    [/\d+ %/, ctrlC],
  ]);
  assert.deepEqual(unanswered, [], screen);
  assert.equal(code, 130);
  assert.match(screen, /Stopped by the user\.\s+Partly written/);
});

Deno.test("without drawings, each action appears alone, with the key that it waits for", async () => {
  let pressed = 0;
  const { code, out } = await ran("restore toy --simulate --plain", {
    console: { isTerminal: true, canAsk: true },
    prompts: {
      keyPressed: async (signal) => {
        await systemClock.sleep(30, signal);
        pressed++;
        return "enter";
      },
      confirm: () => Promise.resolve(true),
    },
  });
  assert.equal(code, 0, out);
  assert.ok(pressed >= 3);
  const told =
    /By hand, 1 of 3: Disconnect[^]*Practice: press Enter[^]*By hand, 2 of 3: [^]*Practice: press Enter[^]*By hand, 3 of 3/;
  assert.match(out, told);
  assert.doesNotMatch(out, /Do this now|goes on by itself/);
});

const questions: Dialogue = [
  [/Which camera do you have/, enter],
  [/What is wrong/, enter],
  ...stepsByHand,
  [/Write firmware to this Toy Camera\?/, ""],
];

for (const [at, [on]] of questions.entries()) {
  Deno.test(`Ctrl-C at "${on.source.slice(0, 30)}" ends with 130 and says that nothing was written`, async () => {
    const { code, screen, unanswered } = await led("--simulate", [
      ...questions.slice(0, at),
      [on, ctrlC],
    ]);
    assert.deepEqual(unanswered, [], screen);
    assert.equal(code, 130);
    assert.match(screen, /Stopped by the user\.\s+Nothing was written\./);
  });
}

Deno.test('"no" at the last question writes nothing', async () => {
  const { code, screen } = await led("--simulate", [
    ...questions.slice(0, -1),
    [/Write firmware to this Toy Camera\?/, enter],
  ]);
  assert.equal(code, 130);
  assert.match(screen, /You chose not to write to the camera\.\s+Nothing was written\./);
  assert.match(screen, /If you stop here, do this first:/);
});

/** A bus with one toy camera as it starts without a jumper. */
async function busWithCamera() {
  const virtual = new VirtualBus();
  const family = toyFamily();
  const camera = family.simulate(family.boards[0], {
    clock: systemClock,
    socket: virtual.socket("1-4"),
    condition: "healthy",
  });
  await camera.perform({ id: "plug", text: "" });
  return { camera, bus: new MemoryBus(virtual, systemClock), families: [family] };
}

Deno.test("connected devices are described in words, and one is chosen", async () => {
  const { bus, families } = await busWithCamera();
  const { code, screen } = await led("", [
    [/Which of these cameras do you want/, enter],
    [/What is wrong/, `j${enter}`],
    [/Try again now/, enter],
  ], { bus, families });
  assert.match(
    screen,
    /port 1-4: toy bootloader\n +Its bootloader runs: firmware can be written\./,
  );
  assert.match(screen, /The firmware differs\./);
  assert.equal(code, 15);
});

Deno.test('a device that cannot be opened is shown with the solution; "mine is not in the list"', async () => {
  const { bus, families } = await busWithCamera();
  bus.open = () => Promise.reject(new UnbrickError("permission", "No access to the device."));
  const { code, screen } = await led("", [[/Which camera do you have\?/, ctrlC]], {
    bus,
    families,
  });
  assert.equal(code, 130);
  assert.match(screen, /It cannot be opened: No access to the device\.[^]*60-unbrick\.rules/);
});

Deno.test("without images for a real camera, the folder is asked for; Enter leaves the wizard", async () => {
  const { bus, families } = await busWithCamera();
  const { code, screen } = await led("", [
    [/Which of these cameras do you want/, enter],
    [/What is wrong/, enter],
    [/Where are the images/, enter],
  ], { bus, families });
  assert.equal(code, 13);
  assert.match(screen, /(is|are) for\s+simulated\s+cameras\s+only/);
});

Deno.test("after the release, files from OpenMV IDE are asked for by that name", async () => {
  const { bus, families: [family] } = await busWithCamera();
  const answers: ErrorData[] = [{ role: "firmware" }, { role: "fsbl", comesWith: "openmv-ide" }];
  const plan: typeof family.plan = (job) => {
    const data = job === "backup" ? {} : answers.shift();
    throw new UnbrickError("not-found", "There is no such image.", data);
  };
  const release = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${release}/firmware.bin`, "x");
    const { code, screen, unanswered } = await led("", [
      [/Which of these cameras do you want/, enter],
      [/What is wrong/, enter],
      [/Where are the images/, `${release}\r`],
      [/Where is OpenMV IDE\?/, enter],
    ], { bus, families: [{ ...family, plan }] });
    assert.deepEqual(unanswered, [], screen);
    assert.equal(code, 3);
  } finally {
    Deno.removeSync(release, { recursive: true });
  }
});

Deno.test("if a camera starts without its jumper, the wizard says so and begins the steps again", async () => {
  const { bus, families, camera } = await busWithCamera();
  const parts = ["A", "B"] as const;
  const move = async (...ids: ("unplug" | "fit-jumper" | "plug")[]) => {
    for (const id of ids) await camera.perform({ id, text: "", parts });
  };
  let isRight = false;
  const stage: Dialogue = [
    [/you to unplug the camera/, ""],
    [/Press Enter when you have done this/, enter],
    [/R to start again/, ""],
    [/was not in\s+place\s+when\s+you\s+plugged[^]*By hand, 1 of 3/, ""],
    [/Press Enter when you have done this/, enter],
    [/R to start again/, ""],
  ];
  const turns = [
    () => move("unplug"),
    undefined,
    () => move("plug"),
    () => move("unplug"),
    undefined,
    () => {
      isRight = true;
      return move("fit-jumper", "plug");
    },
  ];
  const watched = stage.map(([on, pressed], at): Dialogue[number] => [
    { test: (text: string) => on.test(text) && (turns[at]?.(), true), source: on.source } as RegExp,
    pressed,
  ]);
  const { code, screen } = await led(
    "restore toy --timeout 8",
    [...watched, [/Write firmware to this Toy Camera\?/, "y"]],
    { bus, families: [strictly(families[0])], simulationOnly: false },
  );
  assert.ok(isRight, screen);
  assert.equal(code, 0, screen);
  assert.match(
    screen,
    /the jumper between A and B was not in\s+place\s+when\s+you\s+plugged\s+it\s+in/,
  );
});

/** Returns the toy family, changed so that its restore needs the ROM mode. */
function strictly(family: ReturnType<typeof toyFamily>): ReturnType<typeof toyFamily> {
  return {
    ...family,
    plan: (job, board, images, options) => {
      const { steps, ...plan } = family.plan(job, board, images, options);
      const [connect, ...rest] = steps;
      const run: typeof connect.run = async (context) => {
        await context.request(board.recoveryActions, { what: "the toy ROM", modes: ["rom"] });
      };
      return { ...plan, steps: [{ ...connect, run }, ...rest] };
    },
  };
}

Deno.test("if nobody can be asked, each command ends with the exit code of the missing answer", async () => {
  const { bus, families } = await busWithCamera();
  const cases: readonly [string, number][] = [
    ["", 16],
    ["restore --simulate --fast", 16],
    ["restore toy --simulate --fast", 16],
    ["flash --simulate --fast", 16],
    ["verify toy --simulate --fast", 15],
    ["flash toy", 16],
    ["flash", 16],
  ];
  for (const [line, expected] of cases) {
    for (const more of ["", " --json"]) {
      const { code } = await ran(line + more, { bus, families, simulationOnly: false });
      assert.equal(code, expected, `${line}${more}`);
    }
    const unasked = await ran(`${line} --json`, {
      bus,
      families,
      simulationOnly: false,
      console: { isTerminal: true, canAsk: true },
    });
    assert.equal(unasked.code, expected, `${line} --json in a terminal`);
  }
});

Deno.test("a window of its own waits for a key; not with --yes, --json or in a pipe", async () => {
  const terminal = { isTerminal: true, canAsk: true };
  const waits = async (line: string, console: Surroundings["console"]) => {
    let waited = false;
    const { out } = await ran(line, {
      console,
      context: { ownsWindow: () => true },
      prompts: { keyPressed: () => Promise.resolve(waited = true).then(() => "enter") },
    });
    assert.equal(/Press Enter to close this window/.test(out), waited);
    return waited;
  };
  assert.equal(await waits("boards", terminal), true);
  assert.equal(await waits("boards --json", terminal), false);
  assert.equal(await waits("boards", {}), false);
  assert.equal(
    (await ran("boards", { console: terminal })).out.includes("close this window"),
    false,
  );
});
