import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { UsbFunction } from "../transport/usb/function.ts";
import { MemoryBus } from "../transport/usb/memory.ts";
import { VirtualBus } from "../transport/usb/virtual_bus.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { DeviceFinder, type Recogniser } from "./finder.ts";
import type { DetectedDevice } from "./detected_device.ts";

/** A family that recognises every device of vendor 0x7091. */
const family = (familyId: string, says: Partial<DetectedDevice> = {}): Recogniser => ({
  usbIds: [{ vendorId: 0x7091 }],
  recognise: (seen) => {
    return { familyId, mode: "firmware", seen, boardIds: [familyId], title: "A camera", ...says };
  },
});

class Stranger extends UsbFunction {
  constructor() {
    super({
      speed: "full",
      device: { idVendor: 0x7091, idProduct: 1 },
      configuration: { interfaces: [{ bInterfaceClass: 0xFF }] },
    });
  }
  protected override request() {
    return Promise.resolve();
  }
}

async function seenBy(families: readonly Recogniser[], refusal?: UnbrickError) {
  const clock = new VirtualClock();
  const virtual = new VirtualBus();
  virtual.socket("1-1").attach(new Stranger());
  const bus = new MemoryBus(virtual, clock);
  if (refusal) bus.open = () => Promise.reject(refusal);
  const signal = new AbortController().signal;
  return await clock.run(() => new DeviceFinder(bus, families, clock).look(signal));
}

Deno.test("a device that several families recognise may be a board of each", async () => {
  const { detectedDevices } = await seenBy([family("one"), family("two"), family("one")]);
  assert.deepEqual(
    detectedDevices.map(({ boardIds, title }) => [boardIds, String(title)]),
    [[["one", "two"], "A camera"]],
  );
});

Deno.test("a certain recognition counts more than a candidate; other titles are shown, other modes are not", async () => {
  const candidate = family("adapter", { isCandidate: true, title: "An adapter" });
  const [certain] = (await seenBy([candidate, family("camera")])).detectedDevices;
  assert.deepEqual([certain.boardIds, certain.isCandidate], [["camera"], undefined]);
  const [alone] = (await seenBy([candidate])).detectedDevices;
  assert.equal(alone.isCandidate, true);
  const other = family("other", { title: "B camera" });
  const [both] =
    (await seenBy([family("one"), other, family("rom", { mode: "rom" })])).detectedDevices;
  assert.deepEqual([both.boardIds, String(both.title)], [["one", "other"], "A camera / B camera"]);
});

Deno.test("a device that cannot be opened is listed once, with the reason and every board it may be", async () => {
  const look = await seenBy(
    [family("one"), family("two")],
    new UnbrickError("permission", "No."),
  );
  assert.deepEqual(look.detectedDevices.map(({ boardIds }) => boardIds), [["one", "two"]]);
  assert.equal(look.unusable.length, 1);
});

Deno.test("a device that stays is recognised once; only a full look asks for silent ports", async () => {
  const clock = new VirtualClock(), virtual = new VirtualBus();
  virtual.socket("1-1").attach(new Stranger());
  virtual.silentPorts.add("1-2");
  let recognised = 0;
  const camera = family("camera");
  const counting: Recogniser = {
    ...camera,
    recognise: (seen) => (recognised++, camera.recognise(seen)),
  };
  const finder = new DeviceFinder(new MemoryBus(virtual, clock), [counting], clock);
  const { signal } = new AbortController();
  await clock.run(async () => {
    const quick = await finder.look(signal, { onlyAnswering: true });
    const full = await finder.look(signal);
    assert.deepEqual([quick.silent?.length, full.silent?.length, recognised], [0, 1, 1]);
    assert.equal(quick.detectedDevices[0], full.detectedDevices[0]);
  });
});
