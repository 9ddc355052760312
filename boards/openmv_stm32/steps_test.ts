import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import type { Expectation } from "../../core/device/camera_access.ts";
import type { DetectedDevice, Mode } from "../../core/device/detected_device.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { BackupSource } from "../../core/plan/backup_steps.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { VirtualPorts } from "../../core/transport/virtual_ports.ts";
import { MemoryStore } from "../../tests/support/plan/backup_store.ts";
import { scriptedContext } from "../../tests/support/plan/scripted_context.ts";
import { boards } from "./boards.ts";
import { identify } from "./identify.ts";
import { openmvStm32 } from "./mod.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { withRom } from "./rom.ts";
import { sampleImages } from "./samples.ts";
import { saveBeforeRestore, sources } from "./saving.ts";

/** What single steps do with a camera in each of its modes. */

const [m4, m7, h7, h7Plus] = boards;

/** A device in a mode, with the names of its alternate settings. */
function device(mode: Mode, names: readonly string[] = [], more = {}): DetectedDevice {
  const interfaceNames = new Map(names.map((name, at) => [`0:${at}`, name]));
  const usb = { bus: 1, address: 5, portPath: "1-1", descriptor: {}, configurations: [] };
  return {
    mode,
    boardIds: [],
    seen: { usb, interfaceNames, ...more },
  } as unknown as DetectedDevice;
}

const failing = (kind: ErrorKind, data = {}) => new UnbrickError(kind, `It is ${kind}.`, data);

/** A context whose camera is in these modes. */
function inModes(modes: readonly Mode[], answers: Partial<StepContext> = {}) {
  return scriptedContext({
    board: h7,
    detected: (asked) => {
      const mode = modes.find((one) => asked.includes(one));
      return Promise.resolve(mode && device(mode));
    },
    ...answers,
  });
}

Deno.test("a camera that names itself is not asked; a ROM that cannot be read leaves it open", async () => {
  const boardIds = ["openmv-h7", "openmv-h7-plus"];
  const use = (error: UnbrickError) => (() => Promise.reject(error)) as StepContext["use"];
  const bug = inModes([], { use: use(failing("bug")) });
  for (
    const detected of [{ mode: "firmware", boardIds }, { mode: "rom", boardIds: ["openmv-m4"] }]
  ) {
    const { boardIds } = detected;
    const found = await identify(bug, { ...device("rom"), ...detected } as DetectedDevice);
    assert.deepEqual(found, { boardIds, evidence: [] });
  }
  const rom = { ...device("rom"), boardIds };
  for (const kind of ["protected", "disconnected"] as const) {
    const { evidence, ...found } = await identify(inModes([], { use: use(failing(kind)) }), rom);
    assert.deepEqual([found, evidence.map(String)], [{ boardIds }, [`It is ${kind}.`]]);
  }
  await assert.rejects(identify(bug, rom), { kind: "bug" });
});

/** Opens the ROM of a camera that shows these names; returns the alternate setting that was set. */
async function romAlternate(names: readonly string[], more = {}) {
  const set = new Set<number>();
  const opened = {
    info: {
      descriptor: { bcdDevice: 0x2200 },
      configurations: [{
        interfaces: names.map((_, bAlternateSetting) => ({
          ...{ bInterfaceNumber: 0, bAlternateSetting, iInterface: 0, endpoints: [] },
          ...{ bInterfaceClass: 0xFE, bInterfaceSubClass: 1, bInterfaceProtocol: 2 },
          extra: Uint8Array.of(9, 0x21, 0x0B, 0xFF, 0, 0, 4, 0x1A, 0x01),
        })),
      }],
    },
    claim: () => Promise.resolve(),
    setAlternate: (_interface: number, alternate: number) => {
      set.add(alternate);
      return Promise.reject(failing("stalled"));
    },
  };
  const clock = new VirtualClock();
  const context = scriptedContext({
    clock,
    use: (async (kind, work) =>
      work(
        await kind.start(opened as never, device("rom", names, more), context),
      )) as StepContext["use"],
  });
  const error = await clock.run(() =>
    withRom(context, () => Promise.resolve()).then(() => undefined, (error) => error)
  );
  return { set: [...set], error: error as UnbrickError };
}

Deno.test("the ROM is used on the alternate setting whose name is the flash's, wherever it is", async () => {
  const flash = "@Internal Flash   /0x08000000/16*128Kg",
    option = "@Option Bytes   /0x5200201C/1*128 e";
  assert.deepEqual((await romAlternate([flash, option])).set, [0]);
  assert.deepEqual((await romAlternate([option, option, flash])).set, [2]);
  const none = await romAlternate([option]);
  assert.deepEqual([none.set, none.error.kind], [[], "wrong-board"]);
  assert.match(none.error.message, /describes no flash of a known camera/);
  const unreadable = failing("permission");
  assert.equal((await romAlternate([], { unreadable })).error, unreadable);
});

Deno.test("what is outside of the chip is hidden from the ROM, and read by the bootloader", async () => {
  for (const { name, memory, hidden } of sources(h7Plus)) {
    const isOutside = ["spi_flash", "romfs0"].includes(name);
    assert.equal(memory, isOutside ? "qspi" : "flash", name);
    const why = String(await hidden!(inModes(["rom"])));
    if (isOutside) assert.match(why, /ROM cannot read it\. Remove the jumper/);
    else assert.equal(why, "undefined", name);
    assert.equal(await hidden!(inModes(["bootloader"])), undefined, name);
  }
});

/** Runs the first step of a saving whose ROM fails so; returns the error, and how often it came back. */
async function saveFails(kind: ErrorKind, modes: readonly Mode[]) {
  let returned = 0;
  const { first } = saveBeforeRestore({ backup: new MemoryStore() }, h7, () => {
    returned++;
    return Promise.resolve();
  });
  const context = inModes(modes, {
    use: (() => Promise.reject(failing(kind))) as StepContext["use"],
    unitIds: [],
  });
  const outcome = await Promise.resolve(first[0].run(context)).then(
    () => undefined,
    (error) => error,
  );
  return { returned, notes: context.notes, error: outcome as UnbrickError | undefined };
}

Deno.test("a ROM that crashes while it is read is brought back, and the region counts as unreadable", async () => {
  const crashed = await saveFails("disconnected", ["rom"]);
  assert.ok(crashed.returned > 0);
  assert.match(
    [...crashed.notes, crashed.error?.message].join(),
    /The ROM disconnects while it reads this\. Half-written flash can cause that\./,
  );
  for (const [kind, modes] of [["disconnected", ["bootloader"]], ["timeout", ["rom"]]] as const) {
    const other = await saveFails(kind, modes);
    assert.equal(other.returned, 0, `${kind}, ${modes}`);
  }
});

Deno.test("for a restore the chip is saved first, what is outside of it by the new bootloader", () => {
  const steps = saveBeforeRestore({ backup: new MemoryStore() }, h7Plus, () => Promise.resolve());
  const saves = (stage: "first" | "later") =>
    steps[stage].map(({ id }) => id).filter((id) => id.startsWith("back-up-"));
  assert.deepEqual(
    saves("first"),
    ["bootloader", "filesystem", "firmware"].map((name) => `back-up-${name}`),
  );
  assert.deepEqual(saves("later"), ["back-up-spi_flash", "back-up-romfs0"]);
});

/** The regions of a board, as a backup has them. */
const regionsOf = (all: readonly BackupSource[]) =>
  all.map(({ name, memory, address, size }) => ({ name, memory, address, size }));

Deno.test("put-back: a camera that runs is sent into its bootloader first, any other is left alone", async () => {
  const regions = regionsOf(sources(m7)).filter(({ name }) => name === "bootloader");
  const bootloader = sampleImages(m7).get("bootloader")!;
  const { steps } = openmvStm32.plan("put-back", m7, boardImages("backup", [bootloader]), {
    putBack: { regions, camera: [], isNamed: true },
  });
  const show = steps.find(({ id }) => id === "show-bootloader")!;
  for (const [modes, isAsked] of [[["rom"], false], [[], false], [["firmware"], true]] as const) {
    const asked: string[] = [];
    const context = inModes(modes, {
      clock: new VirtualClock(),
      serial: { list: () => Promise.resolve([]) } as unknown as StepContext["serial"],
      request: (actions: readonly HardwareAction[], { modes }: Expectation) => {
        asked.push(`${actions.map(({ id }) => id)} ${modes}`);
        return Promise.reject(failing("timeout"));
      },
    });
    await Promise.resolve(show.run(context)).catch(() => {});
    assert.deepEqual(asked.length > 0, isAsked, `${modes}`);
    if (isAsked) assert.match(asked[0], /^unplug,plug bootloader/);
  }
});

Deno.test("the simulated user's file system has the clusters of its board", () => {
  // openmv-runtime.md 3.1: bytes of a sector at 11, sectors of a cluster at 13.
  for (const [board, sectors] of [[m4, 1], [m7, 1], [h7, 1], [h7Plus, 4]] as const) {
    const camera = new SimulatedStm32Camera(board, {
      ...new VirtualPorts(new VirtualClock()).at("1-1"),
      condition: "healthy",
    });
    const start = camera.partition(board.filesystemPartition, 512);
    assert.equal(start.subarray(0, 3).toHex(), "ebfe90", board.id);
    assert.deepEqual([start[11] | start[12] << 8, start[13]], [512, sectors], board.id);
  }
});

Deno.test("a restore does not ask for the ROM that is there, and accepts only a new one", async () => {
  const { steps } = openmvStm32.plan("restore", h7, sampleImages(h7), { rewrite: true });
  const enter = steps.find(({ id }) => id === "enter-rom")!;
  assert.ok(await enter.isDone!(inModes(["rom"])));
  for (const modes of [["bootloader"], ["rom"]] as const) {
    let asked: string[] = [], accepts: boolean[] = [];
    const context = inModes(modes, {
      request: (actions: readonly HardwareAction[], { modes, accept }: Expectation) => {
        asked = [...actions.map(({ id }) => id), ...modes];
        accepts = [[1, 5], [1, 6], [2, 5]].map(([bus, address]) =>
          accept!({ seen: { usb: { bus, address } } } as DetectedDevice)
        );
        return Promise.resolve(device("rom"));
      },
    });
    await enter.run(context);
    assert.deepEqual(asked, ["unplug", "fit-jumper", "plug", "rom"]);
    // Only a ROM that was there before is not the one that was asked for.
    assert.deepEqual(accepts, [modes[0] !== "rom", true, true]);
  }
});
