import assert from "node:assert/strict";
import { type ErrorKind, isKind } from "../../../core/common/errors.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import { type Fault, FaultInjector } from "./usb_fault_injector.ts";
import { UsbFunction } from "../../../core/transport/usb/function.ts";
import { MemoryBus } from "../../../core/transport/usb/memory.ts";
import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";
import { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";

const options = { timeoutMs: 100, signal: new AbortController().signal };
const request = { bmRequestType: 0x40, bRequest: 1, wValue: 0, wIndex: 0 };

/** Keeps what was written and returns it. */
class Store extends UsbFunction {
  written: number[][] = [];

  constructor() {
    super({
      speed: "full",
      device: { idVendor: 1, idProduct: 2 },
      configuration: { interfaces: [{}] },
    });
  }

  protected override async request({ bmRequestType }: SetupPacket, data: Uint8Array) {
    if (bmRequestType & 0x80) return Uint8Array.from(this.written.at(-1) ?? []);
    this.written.push([...data]);
  }
}

/** Writes 1 2 3, then 4 5 6, then reads, with a fault at one of these three transfers. */
async function run(at: number, fault: Fault) {
  const clock = new VirtualClock();
  const virtual = new VirtualBus();
  const socket = virtual.socket("1-1");
  const store = new Store();
  socket.attach(store);
  const bus = new MemoryBus(virtual, clock);
  const faults = new FaultInjector(socket, [{ at, fault }]);
  virtual.interpose(faults);
  const outcome: (number[] | ErrorKind)[] = [];
  await clock.run(async () => {
    const [info] = await bus.list();
    const device = await bus.open(info);
    const step = async (work: () => Promise<Uint8Array | void>) => {
      try {
        outcome.push([...await work() ?? []]);
      } catch (error) {
        if (!isKind(error, "stalled", "timeout", "disconnected")) throw error;
        outcome.push(error.kind);
      }
    };
    await step(() => device.controlOut(request, Uint8Array.of(1, 2, 3), options));
    await step(() => device.controlOut(request, Uint8Array.of(4, 5, 6), options));
    await step(() => device.controlIn(request, 8, options));
  });
  return { outcome, store, faults, virtual, socket, clock };
}

Deno.test("each fault affects its transfer as described, and no other", async () => {
  const cases: [number, Fault, unknown[], number[][]][] = [
    [2, { kind: "stall" }, [[], "stalled", [1, 2, 3]], [[1, 2, 3]]],
    [2, { kind: "stall", after: true }, [[], "stalled", [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]],
    [2, { kind: "timeout" }, [[], "timeout", [1, 2, 3]], [[1, 2, 3]]],
    [2, { kind: "timeout", after: true }, [[], "timeout", [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]],
    [2, { kind: "lost" }, [[], [], [1, 2, 3]], [[1, 2, 3]]],
    [2, { kind: "flip", bit: 9 }, [[], [], [4, 7, 6]], [[1, 2, 3], [4, 7, 6]]],
    [3, { kind: "flip", bit: 24 }, [[], [], [5, 5, 6]], [[1, 2, 3], [4, 5, 6]]],
    [3, { kind: "short", length: 1 }, [[], [], [4]], [[1, 2, 3], [4, 5, 6]]],
    [3, { kind: "replace", reply: Uint8Array.of(9) }, [[], [], [9]], [[1, 2, 3], [4, 5, 6]]],
    [2, { kind: "unplug" }, [[], "disconnected", "disconnected"], [[1, 2, 3]]],
    [2, { kind: "unplug", after: true }, [[], "disconnected", "disconnected"], [
      [1, 2, 3],
      [4, 5, 6],
    ]],
  ];
  for (const [at, fault, outcome, written] of cases) {
    const result = await run(at, fault);
    const name = JSON.stringify(fault);
    assert.deepEqual(result.outcome, outcome, name);
    assert.deepEqual(result.store.written, written, name);
    assert.deepEqual(result.faults.fired, [{ at, fault }], name);
    assert.equal(result.clock.elapsed, fault.kind === "timeout" ? 100 : 0, name);
  }
});

Deno.test("a fault that is impossible for its transfer does not happen and is not reported", async () => {
  for (const fault of [{ kind: "short", length: 1 }, { kind: "lost" }] as const) {
    const { outcome, faults } = await run(fault.kind === "short" ? 2 : 3, fault);
    assert.deepEqual(outcome, [[], [], [4, 5, 6]]);
    assert.equal(faults.fired.length, 0);
    assert.equal(faults.transfers, 3);
  }
});

Deno.test("after a move, the next attach happens on the other port", async () => {
  const { outcome, virtual, socket, store } = await run(1, { kind: "move", port: "1-7" });
  assert.deepEqual(outcome[2], [4, 5, 6]);
  assert.equal(virtual.attachments[0].portPath, "1-1");
  socket.detach();
  socket.attach(store);
  assert.equal(virtual.attachments[0].portPath, "1-7");
});
