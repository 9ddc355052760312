import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { DetectedDevice, Mode } from "../device/detected_device.ts";
import type { Board } from "../family/board.ts";
import type { BoardFamily, Plan } from "../family/family.ts";
import type { Step } from "../plan/step.ts";
import { images, willing } from "../../tests/support/plan/toy_rig.ts";
import type { SerialBus, SerialPortInfo } from "../transport/serial/port.ts";
import { Changes } from "../transport/usb/changes.ts";
import type { TransferOptions, UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { isPortEvent, type StationEvent, type StationResult } from "./events.ts";
import { runStation, type StationOptions } from "./station.ts";

const board = { id: "toy", name: "Toy", recoveryActions: [], afterActions: [] } as unknown as Board;

/** A station for toys, whose step the test writes. */
class Rig {
  readonly clock = new VirtualClock();
  readonly events: StationEvent[] = [];
  readonly stop = new AbortController();
  readonly operators: string[] = [];
  lost = false;
  isCandidate = false;
  mode: Mode = "bootloader";
  serial: string | undefined = "A";
  answer: { boardIds: readonly string[] } | undefined;
  readonly #changes = new Changes(this.clock);
  #devices: readonly UsbDeviceInfo[] = [];
  #addresses = 1;

  plug(...ports: readonly string[]): void {
    const names = { iManufacturer: 0, iProduct: 0, iSerialNumber: 0 };
    const added = ports.map((portPath) => ({
      portPath,
      bus: 1,
      address: ++this.#addresses,
      descriptor: { idVendor: 1, idProduct: 1, ...names },
      configurations: [],
    } as unknown as UsbDeviceInfo));
    this.#devices = [...this.#devices, ...added];
    this.#changes.note();
  }

  unplug(port: string): void {
    this.#devices = this.#devices.filter(({ portPath }) => portPath !== port);
    this.#changes.note();
  }

  async play(
    script: () => Promise<void>,
    run: Step["run"],
    more: Partial<StationOptions> = {},
  ): Promise<StationResult> {
    const step = { id: "do", title: "Do it", weight: 1, effect: "none", run } as Step;
    const { clock } = this;
    const bus = {
      list: () => {
        if (this.lost) return Promise.reject(new UnbrickError("driver", "The bus is gone."));
        this.#changes.listed();
        return Promise.resolve(this.#devices);
      },
      changed: (options: TransferOptions) => this.#changes.wait(options),
      open: (info: UsbDeviceInfo) => Promise.resolve({ info, close: () => Promise.resolve() }),
    } as unknown as UsbBus;
    const family = {
      id: "toys",
      usbIds: [{ vendorId: 1 }],
      recognise: (seen: DetectedDevice["seen"]): DetectedDevice => ({
        familyId: "toys",
        mode: this.mode,
        boardIds: ["toy"],
        title: "toy",
        isCandidate: this.isCandidate,
        seen: { ...seen, serial: this.serial },
      }),
      identify: () => Promise.resolve(this.answer),
    } as unknown as BoardFamily;
    const plan: Plan = { job: "restore", board, steps: [step], images };
    return await clock.run(async () => {
      const [result] = await Promise.all([
        runStation({
          clock,
          signal: this.stop.signal,
          bus,
          families: [family],
          job: "restore",
          simulated: true,
          hardwareDeadlineMs: 10_000,
          plans: [plan],
          operator: (port) => {
            this.operators.push(port);
            return willing;
          },
          onEvent: (event) => this.events.push(event),
          ...more,
        }),
        script(),
      ]);
      return result;
    });
  }

  get last(): StationEvent | undefined {
    return this.events.at(-1);
  }

  states(port: string): string[] {
    return this.events.flatMap((event) =>
      event.type === "port" && event.port === port ? [event.state] : []
    );
  }
}

const fine = () => Promise.resolve();
const fail = () => Promise.reject(new UnbrickError("stalled", "It refused."));

Deno.test("a station tells what it does, counts its cameras and ends after the last", async () => {
  const rig = new Rig();
  const result = await rig.play(
    async () => {
      rig.plug("1-1");
      await rig.clock.sleep(3_000);
      rig.plug("1-2");
    },
    fine,
    { count: 2 },
  );
  const totals = { started: 2, proven: 2, failed: 0, skipped: 0 };
  assert.deepEqual(result, { totals, endedBy: "count", exitCode: 0 });
  assert.deepEqual(rig.events[0], {
    type: "station-started",
    job: "restore",
    boards: [{ id: "toy", name: "Toy", imagesFrom: "test" }],
    simulated: true,
    count: 2,
  });
  assert.deepEqual(rig.last, { type: "station-ended", ...result });
  assert.deepEqual(rig.operators, ["1-1", "1-2"]);
  assert.deepEqual(rig.states("1-2"), ["running", "finished"]);
  const counted = rig.events.flatMap((event) => event.type === "totals" ? [event.totals] : []);
  assert.deepEqual(counted.map(({ started, proven }) => [started, proven]), [[1, 0], [1, 1], [
    2,
    1,
  ], [2, 2]]);
  const ended = rig.events.filter(({ type }) => type === "run-ended").filter(isPortEvent);
  assert.deepEqual(ended.map((event) => "run" in event && [event.port, event.run]), [["1-1", 1], [
    "1-2",
    2,
  ]]);
  assert.equal(isPortEvent(rig.events[0]), false);
});

Deno.test("failed cameras count, too, and the first failure gives the exit code", async () => {
  const rig = new Rig();
  let runs = 0;
  const kinds = ["stalled", "timeout"] as const;
  const { totals, endedBy, exitCode } = await rig.play(async () => {
    for (const port of ["1-1", "1-2", "1-3"]) {
      await rig.clock.sleep(1_000);
      rig.plug(port);
    }
  }, () => {
    const kind = kinds[runs++ - 1];
    return kind ? Promise.reject(new UnbrickError(kind, "No.")) : fine();
  }, { count: 3 });
  assert.deepEqual(totals, { started: 3, proven: 1, failed: 2, skipped: 0 });
  assert.equal(endedBy, "count");
  assert.equal(exitCode, new UnbrickError("stalled", "").exitCode);
  assert.deepEqual(rig.states("1-2"), ["running", "failed"]);
});

Deno.test("without a count it works until it is stopped, and ends its runs", async () => {
  const rig = new Rig();
  const signals: boolean[] = [];
  const { totals, endedBy, exitCode } = await rig.play(async () => {
    rig.plug("1-1");
    await rig.clock.sleep(1_000);
    rig.plug("1-2");
    await rig.clock.sleep(1_000);
    rig.stop.abort();
  }, async ({ clock, signal }) => {
    await clock.sleep(1_500, signal).finally(() => signals.push(signal.aborted));
  });
  assert.deepEqual([endedBy, exitCode], ["stop", 130]);
  assert.deepEqual(totals, { started: 2, proven: 1, failed: 1, skipped: 0 });
  assert.deepEqual(signals, [false, true]);
  assert.equal("count" in rig.events[0], false);

  const never = new Rig();
  never.stop.abort();
  never.plug("1-1");
  const result = await never.play(fine, fine);
  assert.deepEqual([result.endedBy, result.totals.started], ["stop", 0]);
});

Deno.test("cameras above the count are shown and not used", async () => {
  const rig = new Rig();
  const { totals } = await rig.play(
    async () => {
      rig.plug("1-1", "1-2");
      await rig.clock.sleep(100);
    },
    ({ clock, signal }) => clock.sleep(2_000, signal),
    { count: 1 },
  );
  assert.deepEqual(totals, { started: 1, proven: 1, failed: 0, skipped: 1 });
  assert.deepEqual(rig.states("1-2"), ["skipped"]);
});

Deno.test("if the bus is lost, runs end and the error is told", async () => {
  const rig = new Rig();
  const { totals, endedBy, exitCode, error } = await rig.play(async () => {
    rig.plug("1-1");
    await rig.clock.sleep(700);
    rig.lost = true;
  }, ({ clock, signal }) => clock.sleep(60_000, signal));
  assert.deepEqual([endedBy, exitCode, error?.kind], ["error", 5, "driver"]);
  assert.deepEqual(totals, { started: 1, proven: 0, failed: 1, skipped: 0 });
  assert.ok(rig.clock.elapsed < 2_000);
  assert.equal(rig.last?.type, "station-ended");
});

Deno.test("an adapter that was there at the start is asked whose it is", async () => {
  for (
    const [answer, started] of [[undefined, 1], [{ boardIds: ["toy"] }, 1], [
      { boardIds: ["other"] },
      0,
    ]] as const
  ) {
    const rig = new Rig();
    rig.isCandidate = true;
    rig.answer = answer;
    rig.plug("1-1");
    const { totals } = await rig.play(async () => {
      await rig.clock.sleep(1_000);
      rig.stop.abort();
    }, fine);
    assert.equal(totals.started, started, JSON.stringify(answer));
    assert.equal(totals.skipped, 1 - started);
  }
});

Deno.test("a run sees only the serial ports of its USB port", async () => {
  const rig = new Rig();
  const adapter = (path: string, portPath: string): SerialPortInfo => ({
    path,
    usb: { vendorId: 1, productId: 1, portPath },
  });
  const ports = [adapter("a", "1-1"), adapter("b", "1-2")];
  const serial = { list: () => Promise.resolve(ports) } as unknown as SerialBus;
  const seen: string[][] = [];
  await rig.play(async () => rig.plug("1-2"), async (context) => {
    seen.push((await context.serial.list()).map(({ path }) => path));
  }, { count: 1, serial });
  assert.deepEqual(seen, [["b"]]);
});

Deno.test("a camera that was started and returns with one of its numbers is not the next one", async () => {
  for (const [serial, started] of [["A", 1], ["C", 1], ["B", 2]] as const) {
    const rig = new Rig();
    const { totals } = await rig.play(async () => {
      rig.plug("1-1");
      await rig.clock.sleep(4_000);
      rig.mode = "firmware";
      rig.serial = serial;
      rig.plug("1-1");
      await rig.clock.sleep(1_000);
      rig.stop.abort();
    }, async (context) => {
      rig.unplug("1-1");
      if (rig.mode === "firmware") return;
      rig.serial = "C";
      rig.plug("1-1");
      await context.waitFor({ what: "it", modes: ["bootloader"] });
      rig.unplug("1-1");
    }, { job: "flash" });
    assert.equal(totals.started, started, serial);
  }
});

Deno.test("only the port asked for is used", async () => {
  const rig = new Rig();
  await rig.play(
    async () => {
      rig.plug("1-1", "1-2");
      await rig.clock.sleep(1_000);
      rig.stop.abort();
    },
    fail,
    { port: "1-2" },
  );
  assert.deepEqual([rig.states("1-1"), rig.states("1-2")], [[], ["running", "failed"]]);
});
