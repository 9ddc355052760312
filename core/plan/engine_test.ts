import assert from "node:assert/strict";
import type { Board } from "../family/board.ts";
import { DeviceFinder } from "../device/finder.ts";
import { type DetectedDevice, portOf } from "../device/detected_device.ts";
import { UnbrickError } from "../common/errors.ts";
import type { Plan } from "../family/family.ts";
import type { BoardImages, Image } from "../image/image.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { StartSession } from "./step_context.ts";
import { runPlan, type RunResult } from "./engine.ts";
import type { RunEvent } from "./events.ts";
import type { Operator } from "./operator.ts";
import type { Proof } from "./proof.ts";
import { Recorder } from "./report.ts";
import type { Step } from "./step.ts";

const board = { id: "toy", name: "Toy Camera" } as Board;
const images: BoardImages = { origin: "test", all: [], get: () => undefined };
const proof: Proof = { claim: "It is there.", evidence: "read-back" };

/** A bus whose devices the test moves; the product id tells the mode. */
class ToyBus implements UsbBus {
  readonly infos: UsbDeviceInfo[] = [];
  denied = false;
  /** Ports as they were opened and, with a minus, closed. */
  readonly opened: string[] = [];

  constructor(readonly clock: VirtualClock) {}

  plug(port: string, idProduct: number): void {
    const address = this.infos.length + 2;
    const descriptor = {
      idVendor: 1,
      idProduct,
      iManufacturer: 0,
      iProduct: 0,
      iSerialNumber: 0,
    } as UsbDeviceInfo["descriptor"];
    this.infos.push({
      bus: 1,
      address,
      portPath: port,
      speed: "full",
      descriptor,
      configurations: [],
    });
  }

  list = () => Promise.resolve([...this.infos]);
  close = () => Promise.resolve();
  open(info: UsbDeviceInfo) {
    if (this.denied) throw new UnbrickError("permission", "No access.");
    this.opened.push(info.portPath);
    const close = async () => void this.opened.push(`-${info.portPath}`);
    return Promise.resolve({ info, close } as never);
  }
  async changed({ timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal }) {
    await this.clock.sleep(Math.min(timeoutMs, 100), signal);
    return false;
  }
}

const ROM = 1, BOOTLOADER = 2;
const family = {
  usbIds: [{ vendorId: 1 }],
  recognise: (seen: DetectedDevice["seen"]): DetectedDevice | undefined => ({
    familyId: "toys",
    mode: seen.usb.descriptor.idProduct === ROM ? "rom" : "bootloader",
    seen,
    boardIds: ["toy"],
    title: "toy device",
  }),
};

const willing: Operator = {
  perform: () => Promise.resolve(),
  consent: () => Promise.resolve(true),
  choose: (_question, choices) => Promise.resolve(choices[0].value),
};

function writing(id: string, more: Partial<Step> = {}): Step {
  return {
    id,
    title: `Write ${id}`,
    weight: 100,
    effect: "writes",
    run: (context) => Promise.resolve(context.markChanged(id)),
    prove: () => Promise.resolve(proof),
    ...more,
  };
}

interface Run {
  readonly result: RunResult;
  readonly events: RunEvent[];
  readonly clock: VirtualClock;
  readonly report: ReturnType<Recorder["report"]>;
}

async function run(
  steps: Step[],
  more: {
    operator?: Operator;
    port?: string;
    real?: BoardImages;
    bus?: (bus: ToyBus, clock: VirtualClock, stop: AbortController) => void;
  } = {},
): Promise<Run> {
  const clock = new VirtualClock();
  const bus = new ToyBus(clock);
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const recorder = new Recorder(clock, "0");
  more.bus?.(bus, clock, stop);
  const plan: Plan = { job: "restore", board, steps };
  const result = await clock.run(() =>
    runPlan(plan, {
      clock,
      signal: stop.signal,
      finder: new DeviceFinder(bus, [family], clock),
      operator: more.operator ?? willing,
      simulated: !more.real,
      images: more.real ?? images,
      port: more.port,
      hardwareDeadlineMs: 10_000,
      onEvent: (event) => {
        events.push(event);
        recorder.add(event);
      },
    })
  );
  return { result, events, clock, report: recorder.report() };
}

const waitFor = (mode: "rom" | "bootloader"): Step => ({
  id: `see-${mode}`,
  title: `Wait for ${mode}`,
  weight: 1,
  effect: "none",
  run: async (context) => {
    await context.request([{ id: "plug", text: "Plug it in." }], {
      what: `the camera in ${mode}`,
      modes: [mode],
    });
  },
});

Deno.test("success needs a proof for every step that writes", async () => {
  const good = await run([writing("a"), writing("b")]);
  assert.equal(good.result.error, undefined);
  assert.equal(good.result.outcome, "proven");
  const unproven = await run([writing("a"), writing("b", { prove: undefined })]);
  assert.equal(unproven.result.error?.kind, "verify-failed");
  assert.equal(unproven.result.error?.data.steps, "b");
});

Deno.test("a step that forgets to say it writes still needs a proof", async () => {
  const { result } = await run([
    writing("a", { run: () => Promise.resolve(), prove: undefined }),
  ]);
  assert.equal(result.error?.kind, "verify-failed");
  assert.equal(result.outcome, "unchanged");
});

Deno.test("a later proof covers an earlier step", async () => {
  const covering = () => Promise.resolve({ ...proof, covers: ["a"] });
  const { result } = await run([
    writing("a", { prove: undefined }),
    writing("b", { prove: covering }),
  ]);
  assert.equal(result.outcome, "proven");
  assert.equal(result.error, undefined);
});

Deno.test("a step that is done is skipped, and its evidence counts", async () => {
  const { result, events, report } = await run([
    writing("a", { isDone: () => Promise.resolve(proof), run: () => assert.fail("ran") }),
  ]);
  assert.equal(result.error, undefined);
  assert.equal(result.proofs.length, 1);
  assert.equal(events.some((event) => event.type === "consent"), false);
  assert.equal(report?.steps[0].state, "skipped");
});

Deno.test("the outcome tells what was touched", async () => {
  const broken = () => Promise.reject(new UnbrickError("disconnected", "Gone."));
  const before = await run([writing("a", { run: broken }), writing("b")]);
  assert.equal(before.result.outcome, "unchanged");
  const midway = await run([writing("a"), writing("b", { run: broken })]);
  assert.equal(midway.result.outcome, "partly-written");
  const after = await run([writing("a"), writing("b", { prove: broken })]);
  assert.equal(after.result.outcome, "not-proven");
  const mismatch = await run([
    writing("a", { prove: () => Promise.reject(new UnbrickError("verify-failed", "Differs.")) }),
  ]);
  assert.equal(mismatch.result.outcome, "partly-written");
});

Deno.test("a refused irreversible step is left out and the rest is done", async () => {
  const order: string[] = [];
  const operator: Operator = {
    ...willing,
    consent: ({ id }) => {
      if (id === "write") return Promise.resolve(true);
      throw new UnbrickError("consent-needed", "Nobody to ask.");
    },
  };
  const fuse = writing("fuse", {
    effect: "irreversible",
    consent: { id: "boot-source", text: "Burns a fuse." },
    run: () => assert.fail("burnt"),
  });
  const last = writing("last", {
    run: (context) => {
      order.push("last");
      return Promise.resolve(context.markChanged("last"));
    },
  });
  const { result, report } = await run([writing("a"), fuse, last], { operator });
  assert.deepEqual(order, ["last"]);
  assert.equal(result.error?.kind, "consent-needed");
  assert.equal(result.error?.data.consent, "boot-source");
  assert.equal(result.outcome, "proven");
  assert.equal(report?.exitCode, 16);
});

Deno.test("a declined write ends the run untouched", async () => {
  const operator = { ...willing, consent: () => Promise.resolve(false) };
  const { result } = await run([writing("a")], { operator });
  assert.equal(result.error?.kind, "cancelled");
  assert.equal(result.outcome, "unchanged");
});

Deno.test("a wait ends at its deadline and names what it saw instead", async () => {
  const { result, clock } = await run([waitFor("bootloader")], {
    bus: (bus) => bus.plug("1-1", ROM),
  });
  assert.equal(result.error?.kind, "timeout");
  assert.match(result.error?.message ?? "", /camera in bootloader.*toy device on port 1-1/);
  assert.ok(clock.now() >= 10_000 && clock.now() < 11_000);
});

Deno.test("the run stays with the port of its camera", async () => {
  const seen: string[] = [];
  const look: Step = {
    ...waitFor("bootloader"),
    run: async (context) => {
      const modes = ["bootloader"] as const;
      seen.push(portOf(await context.waitFor({ what: "the bootloader", modes })));
    },
  };
  const { result } = await run([waitFor("rom"), look], {
    bus: (bus, clock) => {
      bus.plug("1-1", ROM);
      clock.sleep(1_000).then(() => bus.plug("1-2", BOOTLOADER));
      clock.sleep(3_000).then(() => bus.plug("1-1", BOOTLOADER));
    },
  });
  assert.equal(result.error, undefined);
  assert.deepEqual(seen, ["1-1"]);
});

Deno.test("--port keeps every other camera out", async () => {
  const { result } = await run([waitFor("rom")], {
    port: "1-2",
    bus: (bus) => bus.plug("1-1", ROM),
  });
  assert.equal(result.error?.kind, "timeout");
});

Deno.test("the device is told once, also when its port was given", async () => {
  const { events, report } = await run([waitFor("rom"), waitFor("rom")], {
    port: "1-1",
    bus: (bus) => bus.plug("1-1", ROM),
  });
  assert.equal(events.filter((event) => event.type === "connected").length, 1);
  assert.equal(report?.devices[0].port, "1-1");
});

Deno.test("two candidates are asked about", async () => {
  const questions: number[] = [];
  const operator: Operator = {
    ...willing,
    choose: (_question, choices) => {
      questions.push(choices.length);
      throw new UnbrickError("consent-needed", "Nobody to ask.");
    },
  };
  const { result } = await run([waitFor("rom")], {
    operator,
    bus: (bus) => ["1-1", "1-2"].forEach((port) => bus.plug(port, ROM)),
  });
  assert.deepEqual(questions, [2]);
  assert.equal(result.error?.kind, "consent-needed");
});

Deno.test("a device without permission is reported after a short grace, not waited for", async () => {
  const hidden = { ...family, recognise: () => undefined };
  const clock = new VirtualClock();
  const bus = new ToyBus(clock);
  bus.denied = true;
  bus.plug("1-1", ROM);
  const result = await clock.run(() =>
    runPlan({ job: "restore", board, steps: [waitFor("rom")] }, {
      clock,
      signal: new AbortController().signal,
      finder: new DeviceFinder(bus, [hidden], clock),
      operator: willing,
      simulated: false,
      images,
      onEvent: () => {},
    })
  );
  assert.equal(result.error?.kind, "permission");
  assert.ok(clock.now() < 3_000);
});

Deno.test("Ctrl-C ends a wait at once as cancelled", async () => {
  const { result, clock } = await run([waitFor("rom")], {
    bus: (_bus, clock, stop) => void clock.sleep(1_500).then(() => stop.abort()),
  });
  assert.equal(result.error?.kind, "cancelled");
  assert.ok(clock.now() < 1_700);
});

Deno.test("the bar rises once to its end", async () => {
  const slow = writing("slow", {
    run: async (context) => {
      context.markChanged("slow");
      for (const done of [10, 50, 40, 100]) {
        context.progress(done, 100);
        await context.clock.sleep(300);
      }
    },
  });
  const { events } = await run([writing("a"), slow]);
  const fractions = events.flatMap((event) => event.type === "progress" ? [event.fraction] : []);
  assert.deepEqual(fractions, fractions.toSorted((a, b) => a - b));
  assert.equal(fractions.at(-1), 1);
  const rates = events.flatMap((event) => event.type === "progress" && event.rate || []);
  assert.ok(rates.length > 0);
});

Deno.test("a recognised device that cannot be opened: firmware is seen, a bootloader is not", async () => {
  for (const [mode, kind] of [["bootloader", "permission"], ["firmware", undefined]] as const) {
    const clock = new VirtualClock();
    const bus = new ToyBus(clock);
    bus.denied = true;
    bus.plug("1-1", ROM);
    const recognise = (seen: DetectedDevice["seen"]) => ({ ...family.recognise(seen)!, mode });
    const wait: Step = {
      ...waitFor("rom"),
      run: async (context) => void await context.waitFor({ what: "it", modes: [mode] }),
    };
    const result = await clock.run(() =>
      runPlan({ job: "flash", board, steps: [wait] }, {
        clock,
        signal: new AbortController().signal,
        finder: new DeviceFinder(bus, [{ ...family, recognise }], clock),
        operator: willing,
        simulated: false,
        images,
        onEvent: () => {},
      })
    );
    assert.equal(result.error?.kind, kind);
  }
});

Deno.test("an image for simulated cameras never reaches a real one", async () => {
  const image = { role: "bootloader", name: "bootloader.bin", simulationOnly: true } as Image;
  const real: BoardImages = { ...images, all: [{ ...image, bytes: new Uint8Array(4) }] };
  const { result } = await run([writing("a", { run: () => assert.fail("ran") })], { real });
  assert.equal(result.error?.kind, "bad-image");
  assert.equal(result.outcome, "unchanged");
});

/** A step that works with the camera in its ROM, as it was opened. */
function using(id: string, work: () => Promise<void> = () => Promise.resolve()): Step {
  return writing(id, {
    effect: "none",
    run: async (context) => {
      const rom = await context.detected(["rom"]);
      await context.withOpen(rom!, startSession, work);
    },
  });
}

const startSession: StartSession<object> = () => Promise.resolve({});

Deno.test("a device stays open over steps, until hands shall move, work fails or the run ends", async () => {
  const requesting = writing("hands", {
    effect: "none",
    run: async (context) => void await context.request([], { what: "the camera", modes: ["rom"] }),
  });
  const failing = () => Promise.reject(new UnbrickError("stalled", "No."));
  const openings = async (...steps: Step[]) => {
    let opened: string[] = [];
    // The finder opens and closes it once before, to read its names.
    await run(steps, {
      bus: (bus) => {
        bus.plug("1-1", ROM);
        opened = bus.opened;
      },
    });
    assert.deepEqual(opened.splice(0, 2), ["1-1", "-1-1"]);
    return opened;
  };
  const once = ["1-1", "-1-1"];
  assert.deepEqual(await openings(using("a"), using("b")), once);
  assert.deepEqual(await openings(using("a"), requesting, using("b")), [...once, ...once]);
  const forgiving = writing("c", {
    effect: "none",
    run: (context) => using("", failing).run(context).catch(() => {}),
  });
  assert.deepEqual(await openings(using("a"), forgiving, using("b")), [...once, ...once]);
  assert.deepEqual(await openings(using("a", failing)), once);
});

Deno.test("a device that was plugged in anew is opened anew", async () => {
  let toys: ToyBus | undefined;
  const replug = writing("replug", {
    effect: "none",
    run: () => {
      toys!.infos.length = 0;
      toys!.plug("1-2", BOOTLOADER);
      toys!.plug("1-1", ROM);
      return Promise.resolve();
    },
  });
  await run([using("a"), replug, using("b")], {
    bus: (bus) => {
      toys = bus;
      bus.plug("1-1", ROM);
    },
  });
  const ours = toys!.opened.filter((one) => one.endsWith("1-1"));
  // Each time once for its names and once for the work.
  assert.deepEqual(ours, ["1-1", "-1-1", "1-1", "1-1", "-1-1", "-1-1", "1-1", "-1-1"]);
});
