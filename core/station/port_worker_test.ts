import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { DetectedDevice, Mode } from "../device/detected_device.ts";
import type { Board } from "../family/board.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import type { PortStatus } from "./events.ts";
import { type CameraResult, PortWorker, type PortWorkerOptions } from "./port_worker.ts";
import { StationPort } from "./station_port.ts";

const board = { id: "toy", name: "Toy", recoveryActions: [{ id: "plug" }] } as unknown as Board;

const modes: readonly Mode[] = ["rom", "bootloader", "firmware"];

/** Says more of a device than its ids. */
interface Toy {
  readonly mode: Mode;
  readonly serial?: string;
  readonly isCandidate?: boolean;
  readonly boardId?: string;
  readonly denied?: boolean;
  readonly isUnknown?: boolean;
}

interface More extends Partial<PortWorkerOptions> {
  readonly wasThereAtStart?: boolean;
}

/** A worker at port 1-1, whose devices the test plugs and unplugs; time is virtual. */
class Rig {
  readonly clock = new VirtualClock();
  readonly stop = new AbortController();
  readonly states: PortStatus[] = [];
  readonly worked: { run: number; at: number; mode: Mode }[] = [];
  readonly port: StationPort;
  result: CameraResult = { serials: new Set(["A"]) };
  /** Happens during each run. */
  during: () => Promise<void> = () => this.clock.sleep(100);
  /** How long the system needs to open a device. */
  openMs = 0;
  runs = 0;
  #toy: Toy | undefined;
  #look = 0;
  readonly #worker: PortWorker;

  constructor(more: More = {}) {
    const open = async (info: UsbDeviceInfo) => {
      await this.clock.sleep(this.openMs);
      if (this.#toy?.denied) throw new UnbrickError("permission", "No access.");
      return { info, close: () => Promise.resolve() };
    };
    const recognise = (seen: DetectedDevice["seen"]): DetectedDevice | undefined => {
      if (!this.#toy || this.#toy.isUnknown) return undefined;
      const { mode, serial, isCandidate, boardId = "toy" } = this.#toy;
      const boardIds = [boardId];
      return {
        familyId: "t",
        mode,
        title: "toy",
        boardIds,
        isCandidate,
        seen: { ...seen, serial },
      };
    };
    const { clock } = this;
    this.port = new StationPort({
      path: "1-1",
      bus: { open } as unknown as UsbBus,
      clock,
      families: [{ usbIds: [{ vendorId: 1 }], recognise }],
      wasThereAtStart: more.wasThereAtStart ?? false,
      elsewhere: () => [],
    });
    this.#worker = new PortWorker({
      port: this.port,
      boards: [board],
      job: "restore",
      clock,
      nextRun: () => ++this.runs,
      work: async ({ mode }, _board, run) => {
        this.worked.push({ run, at: clock.elapsed, mode });
        await this.during();
        return this.result;
      },
      identify: (_detected, boards) => Promise.resolve(boards),
      report: (state) => this.states.push(state),
      ...more,
    });
  }

  /** One after the other; another one each time has another address. */
  plug(toy: Toy): void {
    this.#toy = toy;
    const unnamed = { iManufacturer: 0, iProduct: 0, iSerialNumber: 0 };
    const descriptor = { idVendor: 1, idProduct: modes.indexOf(toy.mode), ...unnamed };
    const info = { portPath: "1-1", bus: 1, address: this.#look + 2, descriptor };
    this.port.setDevices(
      [{ ...info, configurations: [] } as unknown as UsbDeviceInfo],
      ++this.#look,
    );
  }

  unplug(): void {
    this.#toy = undefined;
    this.port.setDevices([], ++this.#look);
  }

  async play(script: () => Promise<void>): Promise<void> {
    await this.clock.run(async () => {
      const running = this.#worker.run(this.stop.signal);
      await script();
      this.stop.abort();
      await running;
    });
  }

  get said(): string[] {
    return this.states.map(({ state }) => state);
  }
}

const rom: Toy = { mode: "rom", serial: "A" };

Deno.test("a camera gets one run, and after 1.5 s without it the port waits for the next", async () => {
  const rig = new Rig();
  await rig.play(async () => {
    await rig.clock.sleep(50);
    rig.plug(rom);
    await rig.clock.sleep(60_000);
    assert.deepEqual(rig.said, ["running", "finished"]);
    assert.equal(rig.port.occupiedSince, 1);
    rig.unplug();
    await rig.clock.sleep(1_499);
    assert.deepEqual(rig.said, ["running", "finished"]);
    await rig.clock.sleep(2);
    assert.deepEqual(rig.said, ["running", "finished", "waiting"]);
    assert.equal(rig.port.occupiedSince, undefined);
    rig.plug(rom);
    await rig.clock.sleep(1_000);
  });
  assert.deepEqual(rig.worked.map(({ run }) => run), [1, 2]);
  assert.deepEqual(rig.worked.map(({ at }) => at), [50, 50 + 60_000 + 1_501]);
  const [running, finished] = rig.states;
  assert.ok(running.state === "running" && running.run === 1 && running.detected.port === "1-1");
  assert.ok(finished.state === "finished" && finished.run === 1);
});

Deno.test("a camera that restarts is the same one; one that was away for 1.5 s is the next", async () => {
  for (const [awayMs, runs] of [[1_400, 1], [1_499, 1], [1_500, 2]] as const) {
    const rig = new Rig();
    await rig.play(async () => {
      rig.plug(rom);
      await rig.clock.sleep(5_000);
      rig.unplug();
      await rig.clock.sleep(awayMs);
      rig.plug(rom);
      await rig.clock.sleep(5_000);
    });
    assert.equal(rig.worked.length, runs, `${awayMs} ms`);
  }
});

Deno.test("a failed run is reported with its error", async () => {
  const rig = new Rig();
  rig.result = { error: new UnbrickError("stalled", "It refused."), serials: new Set() };
  await rig.play(async () => {
    rig.plug(rom);
    await rig.clock.sleep(1_000);
  });
  const [, failed] = rig.states;
  assert.ok(failed.state === "failed" && failed.run === 1 && failed.error.kind === "stalled");
});

Deno.test("firmware that appears within 10 s after a run is the camera that was started", async () => {
  const cases: [
    string,
    number,
    Toy,
    { serials?: string[]; fails?: boolean; stays?: boolean },
    number,
  ][] = [
    ["its serial number", 4_000, { mode: "firmware", serial: "A" }, {}, 1],
    ["no serial number", 4_000, { mode: "firmware" }, {}, 1],
    ["none known", 4_000, { mode: "firmware", serial: "B" }, { serials: [] }, 1],
    ["another serial number", 4_000, { mode: "firmware", serial: "B" }, {}, 2],
    ["another mode", 4_000, { mode: "rom", serial: "A" }, {}, 2],
    ["at the last moment", 9_990, { mode: "firmware", serial: "A" }, {}, 1],
    ["too late", 10_010, { mode: "firmware", serial: "A" }, {}, 2],
    ["after a failure", 4_000, { mode: "firmware", serial: "A" }, { fails: true }, 2],
    ["it stayed until now", 4_000, { mode: "firmware", serial: "A" }, { stays: true }, 2],
  ];
  for (const [what, ms, comes, { serials = ["A"], fails, stays }, runs] of cases) {
    const rig = new Rig({ job: "flash" });
    const error = new UnbrickError("stalled", "It refused.");
    rig.result = { serials: new Set(serials), ...(fails && { error }) };
    rig.during = async () => void (stays || rig.unplug());
    await rig.play(async () => {
      rig.plug({ mode: "bootloader", serial: "A" });
      if (stays) {
        await rig.clock.sleep(10);
        rig.unplug();
      }
      await rig.clock.sleep(ms);
      rig.plug(comes.mode === "rom" ? { ...comes, mode: "bootloader" } : comes);
      await rig.clock.sleep(1_000);
    });
    assert.equal(rig.worked.length, runs, what);
  }
});

Deno.test("a camera that was started and stays is left alone until it is removed", async () => {
  const rig = new Rig({ job: "flash" });
  let isFirst = true;
  rig.during = async () => {
    if (isFirst) rig.unplug();
    isFirst = false;
  };
  await rig.play(async () => {
    rig.plug({ mode: "bootloader", serial: "A" });
    await rig.clock.sleep(4_000);
    rig.plug({ mode: "firmware", serial: "A" });
    await rig.clock.sleep(60_000);
    assert.deepEqual(rig.said, ["running", "finished"]);
    rig.unplug();
    await rig.clock.sleep(1_600);
    assert.deepEqual(rig.said, ["running", "finished", "waiting"]);
    rig.plug({ mode: "firmware", serial: "A" });
    await rig.clock.sleep(1_000);
  });
  assert.equal(rig.worked.length, 2);
});

Deno.test("after the last run, a camera is skipped, once for each connection", async () => {
  const rig = new Rig({ nextRun: () => undefined });
  await rig.play(async () => {
    rig.plug(rom);
    await rig.clock.sleep(5_000);
    rig.plug(rom);
    await rig.clock.sleep(5_000);
    rig.unplug();
    await rig.clock.sleep(5_000);
  });
  assert.deepEqual(rig.said, ["skipped", "skipped", "waiting"]);
  const [skipped] = rig.states;
  assert.ok(skipped.state === "skipped" && skipped.reason === "count-reached");
  assert.equal(skipped.detected?.serial, "A");
  assert.match(String(skipped.error.message), /finished the number of cameras/);
  assert.equal(rig.worked.length, 0);
});

Deno.test("a device that cannot be opened is reported after two seconds, another one at once", async () => {
  const rig = new Rig();
  await rig.play(async () => {
    rig.plug({ ...rom, denied: true });
    await rig.clock.sleep(1_900);
    assert.deepEqual(rig.said, []);
    await rig.clock.sleep(600);
    assert.deepEqual(rig.said, ["skipped"]);
    rig.plug({ mode: "rom", boardId: "other" });
    await rig.clock.sleep(10);
  });
  const [blocked, other] = rig.states;
  assert.ok(blocked.state === "skipped" && blocked.reason === "blocked");
  assert.equal(blocked.error.kind, "permission");
  assert.ok(blocked.detected);
  assert.ok(other.state === "skipped" && other.reason === "other-device");
  assert.equal(other.error.kind, "wrong-board");
});

Deno.test("a camera that needs steps by hand is shown with them", async () => {
  const rig = new Rig();
  await rig.play(async () => {
    rig.plug({ mode: "firmware" });
    await rig.clock.sleep(1_000);
  });
  const [early] = rig.states;
  assert.ok(early.state === "manual-steps" && early.detected.mode === "firmware");
  assert.deepEqual(early.actions, board.recoveryActions);
  assert.equal(rig.runs, 0);
});

Deno.test("an adapter that was there at the start is a camera only if one answers", async () => {
  const silent = new UnbrickError("timeout", "No answer.");
  const answers = { yes: true, no: false, error: silent } as const;
  const asked = async (answer: keyof typeof answers, toy: Toy, wasThereAtStart: boolean) => {
    let questions = 0;
    const identify = () => {
      questions++;
      const is = answers[answer];
      return is === silent ? Promise.reject(is) : Promise.resolve(is ? [board] : []);
    };
    const rig = new Rig({ wasThereAtStart, identify });
    await rig.play(async () => {
      rig.plug(toy);
      await rig.clock.sleep(1_000);
    });
    const [first] = rig.states;
    assert.ok(first.state !== "skipped" || first.reason === "other-device");
    return [first.state === "skipped" ? first.error.kind : first.state, questions];
  };
  const adapter: Toy = { mode: "rom", isCandidate: true };
  assert.deepEqual(await asked("yes", adapter, true), ["running", 1]);
  assert.deepEqual(await asked("no", adapter, true), ["wrong-board", 1]);
  assert.deepEqual(await asked("error", adapter, true), ["timeout", 1]);
  assert.deepEqual(await asked("no", adapter, false), ["running", 0], "plugged in later");
  assert.deepEqual(await asked("no", rom, true), ["running", 0], "certainly a camera");

  const broken = new Rig({ wasThereAtStart: true, identify: () => Promise.reject(new Error()) });
  await broken.play(async () => {
    broken.plug(adapter);
    await broken.clock.sleep(1_000);
  });
  const [defect] = broken.states;
  assert.ok(defect.state === "skipped" && defect.reason === "error" && defect.error.kind === "bug");

  const rig = new Rig({ wasThereAtStart: true, identify: () => Promise.resolve([]) });
  await rig.play(async () => {
    rig.plug(adapter);
    await rig.clock.sleep(100);
    rig.plug(adapter);
    await rig.clock.sleep(1_000);
  });
  assert.deepEqual(rig.said, ["skipped", "running", "finished"], "plugged in again");
});

Deno.test("an unknown device that appears after a run is not the camera that was started", async () => {
  const rig = new Rig({ job: "flash" });
  rig.during = async () => rig.unplug();
  await rig.play(async () => {
    rig.plug({ mode: "bootloader" });
    await rig.clock.sleep(4_000);
    rig.plug({ mode: "firmware", isUnknown: true });
    await rig.clock.sleep(5_000);
  });
  assert.deepEqual(rig.said, ["running", "finished", "skipped"]);
});

Deno.test("a device that leaves while it is being looked at is not used", async () => {
  const rig = new Rig();
  rig.openMs = 200;
  await rig.play(async () => {
    rig.plug({ mode: "rom", serial: "A" });
    await rig.clock.sleep(100);
    rig.plug({ mode: "firmware", serial: "B" });
    await rig.clock.sleep(1_000);
  });
  assert.deepEqual(rig.said, ["manual-steps"]);
});

Deno.test("an error of one camera does not end the work on its port", async () => {
  let isBroken = true;
  const rig = new Rig({
    nextRun: () => {
      if (isBroken) throw new Error("a defect");
      return 1;
    },
  });
  await rig.play(async () => {
    rig.plug(rom);
    await rig.clock.sleep(10_000);
    assert.deepEqual(rig.said, ["skipped"]);
    isBroken = false;
    rig.plug(rom);
    await rig.clock.sleep(1_000);
  });
  const [broken] = rig.states;
  assert.ok(broken.state === "skipped" && broken.reason === "error");
  assert.match(String(broken.error.message), /a defect/);
  assert.deepEqual(rig.said, ["skipped", "running", "finished"]);
});

Deno.test("a stop ends the wait for a camera and for its removal, and reports nothing", async () => {
  const waiting = new Rig();
  await waiting.play(() => waiting.clock.sleep(1_000));
  assert.deepEqual(waiting.said, []);
  const removing = new Rig();
  await removing.play(async () => {
    removing.plug(rom);
    await removing.clock.sleep(1_000);
  });
  assert.deepEqual(removing.said, ["running", "finished"]);
});
