import { DeviceFinder } from "../../core/device/finder.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { runPlan, type RunResult } from "../../core/plan/engine.ts";
import { agreeingOperator, Trial } from "../support/plan/plan_rig.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { Stall, type UsbDeviceModel } from "../../core/transport/usb/model.ts";
import type { SetupPacket } from "../../core/transport/usb/setup_packet.ts";
import { families } from "../support/boards/families.ts";
import { randomNumbers } from "../faults/random.ts";
import { subjectNamed } from "../faults/subjects.ts";
import { DeviceDescriptor } from "../../core/transport/usb/descriptors.ts";

/**
 * A day on a bus where something is plugged in or unplugged every few seconds: cameras of other
 * kinds, unknown devices, devices that refuse everything or never answer, and some that disconnect
 * during enumeration. A restore waits there for its camera, which appears at the end of the day.
 */

const DAY_MS = 24 * 3_600_000;
const PORTS = ["1-2", "1-3", "1-4.1", "1-4.2"];

export interface NoisyDay {
  readonly result: RunResult;
  readonly missing: readonly string[];
  /** How often something was plugged in. */
  readonly arrivals: number;
}

/** @param ms length of the day in virtual milliseconds */
export async function noisyDay(seed: number, ms = DAY_MS): Promise<NoisyDay> {
  const random = randomNumbers(seed);
  const trial = new Trial(families);
  const { clock, bus } = trial;
  const subject = subjectNamed("openmv-m7.restore");
  const camera = subject.camera(trial);
  let arrivals = 0;

  const makeNoise = async (port: string) => {
    const socket = bus.socket(port);
    while (clock.now() < ms) {
      await clock.sleep(200 + random() * 12_000);
      socket.attach(anyDevice(random));
      arrivals++;
      await clock.sleep(random() < 0.3 ? random() * 2 : 50 + random() * 8_000);
      socket.detach();
    }
  };

  return await clock.run(async () => {
    const memory = new MemoryBus(bus, clock);
    const noise = Promise.all(PORTS.map(makeNoise));
    const operator = agreeingOperator(camera.board);
    let isLate = false;
    const run = runPlan(subject.family.plan("restore", subject.board, subject.images, {}), {
      clock,
      signal: new AbortController().signal,
      finder: new DeviceFinder(memory, families, clock),
      serial: trial.serial,
      operator: {
        ...operator,
        async perform(...asked) {
          if (!isLate) await clock.sleep(ms);
          isLate = true;
          await operator.perform(...asked);
        },
      },
      simulated: true,
      hardwareDeadlineMs: ms + 3_600_000,
      port: "1-1",
      onEvent: () => {},
    });
    const result = await run;
    await noise;
    await memory.close();
    return { result, missing: camera.missing(result.outputs), arrivals };
  });
}

const KNOWN_IDS = [
  [0x0483, 0xDF11],
  [0x37C5, 0x9204],
  [0x37C5, 0x1206],
  [0x15A2, 0x0073],
  [0x1FC9, 0x0135],
  [0x0403, 0x6015],
  [0x2341, 0x035B],
  [0x1234, 0x5678],
];

/** A device with ids that may interest a family, which answers wrongly or not at all. */
function anyDevice(random: () => number): UsbDeviceModel {
  const [idVendor, idProduct] = KNOWN_IDS[Math.floor(random() * KNOWN_IDS.length)];
  const deviceDescriptor = DeviceDescriptor.encode({
    ...{ bcdUSB: 0x0200, bDeviceClass: 0, bDeviceSubClass: 0, bDeviceProtocol: 0 },
    ...{ bMaxPacketSize0: 64, idVendor, idProduct, bcdDevice: 0 },
    ...{ iManufacturer: 1, iProduct: 2, iSerialNumber: 3, bNumConfigurations: 1 },
  });
  const dfu = [9, 4, 0, 0, 0, 0xFE, 1, 2, 4, 9, 0x21, 0x0B, 0xFF, 0, 0, 8, 0x1A, 1];
  const configuration = Uint8Array.of(9, 2, 9 + dfu.length, 0, 1, 1, 0, 0xC0, 50, ...dfu);
  const manner = random();
  return {
    speed: "full",
    deviceDescriptor,
    configurations: [configuration],
    async control({ bRequest, wLength }: SetupPacket, _data, signal) {
      if (bRequest === 9) return;
      if (manner < 0.3) throw new Stall();
      if (manner < 0.5) return await held(signal);
      const bytes = new Uint8Array(Math.floor(random() * (wLength + 1)));
      return bytes.map(() => Math.floor(random() * 256));
    },
  };
}

function held(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const error = () => reject(signal.reason ?? new UnbrickError("cancelled", "Given up."));
    if (signal.aborted) error();
    else signal.addEventListener("abort", error, { once: true });
  });
}
