import type { Board } from "../../../core/family/board.ts";
import { DeviceFinder } from "../../../core/device/finder.ts";
import type { DetectedDevice } from "../../../core/device/detected_device.ts";
import { UnbrickError } from "../../../core/common/errors.ts";
import type { Plan } from "../../../core/family/family.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import type { ControlSetup, UsbBus, UsbDeviceInfo } from "../../../core/transport/usb/device.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import { runPlan, type RunResult } from "../../../core/plan/engine.ts";
import type { RunEvent } from "../../../core/plan/events.ts";
import type { Operator } from "../../../core/plan/operator.ts";
import { sha256 } from "../../../core/common/sha256.ts";
import { readBackProof } from "../../../core/plan/memory_proof.ts";
import type { Proof } from "../../../core/plan/proof.ts";
import type { StepContext } from "../../../core/plan/step_context.ts";
import { Recorder } from "../../../core/plan/report.ts";
import type { Step, Target } from "../../../core/plan/step.ts";

/** A toy camera on a bus that the test controls, and runs of steps on it. */

export const board = { id: "toy", name: "Toy Camera" } as Board;
export const images: BoardImages = { origin: "test", all: [], get: () => undefined };

const LENGTH = 16;
const ids: string[] = [];

/** What a toy step writes: 16 zeros, each step at its own address. */
export function targetOf(id: string): Target {
  if (!ids.includes(id)) ids.push(id);
  const address = ids.indexOf(id) * LENGTH;
  return { region: id, address, length: LENGTH, sha256: sha256(new Uint8Array(LENGTH)) };
}

/** Reads back what toy steps write. */
export async function proofOf(context: StepContext, ...steps: readonly string[]): Promise<Proof> {
  return await readBackProof(context, steps.map(targetOf), async (onRead) => {
    for (const step of steps) onRead(await received(context), targetOf(step).address);
  }, "It is there.");
}

/** Receives 16 zeros from the toy camera's memory. */
export async function received(context: StepContext): Promise<Uint8Array> {
  const device = await context.usb.open({ portPath: "memory" } as UsbDeviceInfo);
  return await device.controlIn({} as ControlSetup, LENGTH, { ...context, timeoutMs: 1 });
}

/** A bus whose devices the test plugs and unplugs; the product id shows the mode. */
export class ToyBus implements UsbBus {
  readonly infos: UsbDeviceInfo[] = [];
  denied = false;
  /** The ports in the order in which they were opened and, with a minus, closed. */
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
    if (info.portPath !== "memory") this.opened.push(info.portPath);
    const close = async () => void this.opened.push(`-${info.portPath}`);
    const controlIn = async (_setup: unknown, length: number) => new Uint8Array(length);
    return Promise.resolve({ info, close, controlIn } as never);
  }
  async changed({ timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal }) {
    await this.clock.sleep(Math.min(timeoutMs, 100), signal);
    return false;
  }
}

export const ROM = 1, BOOTLOADER = 2;
export const family = {
  usbIds: [{ vendorId: 1 }],
  recognise: (seen: DetectedDevice["seen"]): DetectedDevice | undefined => ({
    familyId: "toys",
    mode: seen.usb.descriptor.idProduct === ROM ? "rom" : "bootloader",
    seen,
    boardIds: ["toy"],
    title: "toy device",
  }),
};

export const willing: Operator = {
  perform: () => Promise.resolve(),
  consent: () => Promise.resolve(true),
  choose: (_question, choices) => Promise.resolve(choices[0].value),
};

export function writing(id: string, more: Partial<Step> = {}): Step {
  return {
    id,
    title: `Write ${id}`,
    weight: 100,
    effect: "writes",
    targets: [targetOf(id)],
    run: () => Promise.resolve(),
    prove: (context) => proofOf(context, id),
    ...more,
  };
}

interface Run {
  readonly result: RunResult;
  readonly events: RunEvent[];
  readonly clock: VirtualClock;
  readonly report: ReturnType<Recorder["report"]>;
}

export async function run(
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
  const recorder = new Recorder(clock, { version: "0", job: "flash", simulated: true });
  more.bus?.(bus, clock, stop);
  const plan: Plan = { job: "restore", board, steps, images: more.real ?? images };
  const result = await clock.run(() =>
    runPlan(plan, {
      clock,
      signal: stop.signal,
      finder: new DeviceFinder(bus, [family], clock),
      operator: more.operator ?? willing,
      simulated: !more.real,
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

export const waitFor = (mode: "rom" | "bootloader"): Step => ({
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
