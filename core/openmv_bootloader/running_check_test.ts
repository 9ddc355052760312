import assert from "node:assert/strict";
import { VirtualClock } from "../common/virtual_clock.ts";
import { DeviceFinder } from "../device/finder.ts";
import type { JobOptions } from "../family/family.ts";
import { runPlan } from "../plan/engine.ts";
import type { RunEvent } from "../plan/events.ts";
import { encodePacket, Opcode } from "../protocols/openmv_debug/packets/packet.ts";
import { CdcSerialBus } from "../transport/serial/cdc_bus.ts";
import { MemoryBus } from "../transport/usb/memory.ts";
import { VirtualBus } from "../transport/usb/virtual_bus.ts";
import { board, family, images, willing } from "../../tests/support/plan/toy_rig.ts";
import { healthyFirmware as healthy } from "../../tests/support/protocols/firmware_state.ts";
import { checkSteps } from "./check.ts";
import { type FirmwareModelOptions, RunningFirmwareModel } from "./firmware_model.ts";

/** The job `check` with simulated firmware that really runs, over its serial port. */

const START_MS = 700;
/** No board is called like this. */
const healthyFirmware = { ...healthy, arch: "a toy" };

/** A camera that starts its firmware again after each reset, if it does. */
class Camera {
  readonly clock = new VirtualClock();
  readonly usb = new VirtualBus();
  readonly socket = this.usb.socket("1-1");
  readonly resets: string[] = [];

  constructor(
    private readonly options: Partial<FirmwareModelOptions> = {},
    private readonly comesBack = true,
  ) {}

  start(): void {
    this.socket.attach(
      new RunningFirmwareModel({
        clock: this.clock,
        productId: 0x1204,
        product: "OpenMV Camera",
        serial: "AB",
        speed: "full",
        firmware: healthyFirmware,
        reset: (into) => {
          this.resets.push(into);
          this.socket.detach();
          if (this.comesBack) this.clock.sleep(START_MS).then(() => this.start());
        },
        ...this.options,
      }),
    );
  }
}

/** Runs the job. @param hasPort false: the system has no driver for the camera's serial port */
async function check(camera: Camera, options: JobOptions = {}, hasPort = true) {
  const { clock, usb } = camera;
  const events: RunEvent[] = [];
  const recognise = (seen: Parameters<typeof family.recognise>[0]) => ({
    ...family.recognise(seen)!,
    mode: "firmware" as const,
  });
  const usbIds = [{ vendorId: 0x37C5 }];
  const result = await clock.run(() =>
    runPlan({ job: "check", board, steps: checkSteps([], options, board), images }, {
      clock,
      signal: new AbortController().signal,
      finder: new DeviceFinder(
        new MemoryBus(usb, clock),
        [{ ...family, usbIds, recognise }],
        clock,
      ),
      serial: new CdcSerialBus(hasPort ? usb : new VirtualBus(), clock),
      operator: willing,
      simulated: true,
      hardwareDeadlineMs: 5_000,
      onEvent: (event) => events.push(event),
    })
  );
  const notes = events.flatMap((one) => one.type === "note" ? [String(one.text)] : []);
  return { result, events, notes, took: clock.elapsed };
}

const noNumber = /on the same USB port/;

Deno.test("a camera that runs tells version and board, takes pictures, and runs its program again", async () => {
  for (const protocol of ["V2", "V1"] as const) {
    const camera = new Camera({ protocol });
    camera.start();
    const { result, notes } = await check(camera, { picture: true });
    assert.equal(result.error, undefined, result.error?.message);
    assert.deepEqual(notes.filter((one) => !noNumber.test(one)), [
      `The firmware 5.0.0 answers (debug protocol ${protocol}).`,
      "It calls its board a toy.",
    ]);
    const [{ claim, evidence }] = result.proofs;
    assert.equal(evidence, "alive");
    assert.match(String(claim), /^The Toy Camera sees: .* Its picture arrived whole\.$/);
    const picture = result.outputs.get("picture")!;
    assert.deepEqual([...picture.subarray(0, 2), ...picture.subarray(-2)], [
      0xFF,
      0xD8,
      0xFF,
      0xD9,
    ]);
    assert.deepEqual(camera.resets, ["firmware"]);
    assert.notEqual(camera.socket.attachment, undefined, "it runs again");
  }
});

Deno.test("the picture is kept only if it was asked for; a board without a name and an id is no fault", async () => {
  const camera = new Camera({ firmware: { ...healthyFirmware, arch: "", id: "" } });
  camera.start();
  const { result, notes } = await check(camera);
  assert.equal(result.error, undefined);
  assert.equal(result.outputs.size, 0);
  assert.deepEqual(notes.filter((one) => !noNumber.test(one)), [
    "The firmware 5.0.0 answers (debug protocol V2).",
  ]);
});

Deno.test("a check reports other firmware than was written by its version", async () => {
  const camera = new Camera({ firmware: { ...healthyFirmware, otherFirmware: true } });
  camera.start();
  const { notes } = await check(camera);
  assert.equal(notes[0], "The firmware 4.5.9 answers (debug protocol V2).");
});

Deno.test("a program that ends with an error, and firmware that answers nothing or runs no program", async () => {
  const failing = new Camera({ firmware: { ...healthyFirmware, scriptError: true } });
  failing.start();
  const fault = await check(failing);
  assert.deepEqual([fault.result.error?.kind, fault.result.error?.data], [
    "device-status",
    { fault: "MemoryError:" },
  ]);
  assert.match(
    fault.result.error!.message,
    /^The program that takes the pictures ended with an error of the camera: MemoryError:$/,
  );
  assert.deepEqual(failing.resets, ["firmware"], "it is reset all the same");

  const wedged = new Camera({ firmware: { ...healthyFirmware, firmwareWedged: true } });
  wedged.start();
  const { error } = (await check(wedged)).result;
  assert.equal(error?.kind, "firmware-silent");
  assert.match(
    error.message,
    /^The firmware is running, but does not react\. It does not answer on its serial port /,
  );

  const busy = new Camera({
    protocol: "V1",
    firmware: { ...healthyFirmware, mainNeverYields: true },
  });
  busy.start();
  const { result } = await check(busy);
  assert.equal(result.error?.kind, "firmware-silent");
  assert.match(result.error.message, /does not react\. The camera does not start the program/);
});

Deno.test("a camera that does not come back after the check is noted after 40 s", async () => {
  const camera = new Camera({}, false);
  camera.start();
  const { result, notes, took } = await check(camera);
  assert.equal(result.error, undefined);
  assert.equal(
    notes.at(-1),
    "After the check, the camera did not appear again: plug it in again.",
  );
  assert.ok(took >= 40_000 && took < 60_000, `${took} ms`);
});

Deno.test("a running camera without a serial port is named as a problem of the driver", async () => {
  const camera = new Camera();
  camera.start();
  const { error } = (await check(camera, {}, false)).result;
  assert.deepEqual([error?.kind, error?.data], ["driver", { board: "toy" }]);
  assert.match(error!.message, /^The system shows no serial port of this Toy Camera\.$/);
});

Deno.test("a camera that does not run is asked for: plugging it in is enough", async () => {
  const camera = new Camera();
  camera.clock.sleep(600).then(() => camera.start());
  const { result, events } = await check(camera);
  assert.equal(result.error, undefined);
  const [request] = events.flatMap((one) => one.type === "hardware" ? [one] : []);
  assert.deepEqual([request.actions.map(({ id }) => id), String(request.waitingFor)], [
    ["plug"],
    "the Toy Camera with its firmware running",
  ]);
});

Deno.test("simulated firmware resets 5 ms after the command, unless the power goes meanwhile", async () => {
  for (const [unpluggedAfter, resets] of [[4, []], [6, ["firmware"]]] as const) {
    const camera = new Camera({ firmware: undefined });
    camera.start();
    const { clock, socket, usb } = camera;
    await clock.run(async () => {
      const bus = new CdcSerialBus(usb, clock);
      const port = await bus.open((await bus.list())[0], { baudRate: 921_600 });
      const options = { timeoutMs: 100, signal: new AbortController().signal };
      await port.write(encodePacket({ opcode: Opcode.SYS_RESET }), options);
      await clock.sleep(unpluggedAfter);
      if (socket.attachment) socket.detach();
      await clock.sleep(100);
    });
    assert.deepEqual(camera.resets, resets);
  }
});

Deno.test("simulated firmware has OpenMV's ids, or those of another maker", async () => {
  for (const [more, vendorId] of [[{}, 0x37C5], [{ vendorId: 0x2341 }, 0x2341]] as const) {
    const camera = new Camera(more);
    camera.start();
    const [{ descriptor }] = await new MemoryBus(camera.usb, camera.clock).list();
    assert.deepEqual([descriptor.idVendor, descriptor.idProduct], [vendorId, 0x1204]);
  }
});
