import assert from "node:assert/strict";
import { fakeFiles } from "../../tests/support/cli/doctor_answers.ts";
import { hidCamera } from "../../tests/support/ffi/hid_camera.ts";
import { isKind } from "../../core/common/errors.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import type { PlugAndPlay } from "../serial/windows/plug_and_play.ts";
import type { Kernel } from "../serial/windows/symbols.ts";
import { hidGuard, type HidHolder } from "./guard.ts";
import { hidrawHolder } from "./linux.ts";
import { exclusiveHolder } from "./windows.ts";

async function refusal(holder: HidHolder, info: UsbDeviceInfo): Promise<string | undefined> {
  const { beforeOpen } = hidGuard("beforeOpen", holder);
  const error = await beforeOpen!(info).then(() => undefined, (error) => error);
  assert.ok(error === undefined || isKind(error, "busy"), String(error));
  return error?.message;
}

/** A camera in its ROM on port 20-1.3, whose kernel driver offers /dev/hidraw3. */
const raw = "/sys/bus/usb/devices/20-1.3:1.0/0003:1FC9:0135.0001/hidraw/hidraw3/dev";

Deno.test("Linux: a program that uses the camera through hidraw is named, and the camera is not taken from it", async () => {
  const files = fakeFiles({
    texts: { [raw]: "242:3", "/proc/77/comm": "sdphost" },
    links: { "/proc/77/fd/5": "/dev/hidraw3", "/proc/78/fd/5": "/dev/hidraw4" },
  });
  assert.equal(
    await refusal(hidrawHolder(files, 1), hidCamera("20-1.3")),
    "sdphost (process 77) holds the USB device 1fc9:0135 on port 20-1.3.",
  );
  // Another camera, this process itself, and a device that is not a HID.
  assert.equal(await refusal(hidrawHolder(files, 1), hidCamera("20-1.4")), undefined);
  assert.equal(await refusal(hidrawHolder(files, 77), hidCamera("20-1.3")), undefined);
  assert.equal(await refusal(hidrawHolder(files, 1), hidCamera("20-1.3", 0xfe)), undefined);
});

const CAMERA = "HID\\VID_1FC9&PID_0135\\7&2A1&0&0000",
  OTHER = "HID\\VID_1FC9&PID_0135\\8&3B2&0&0000";
const HUB = "USB\\ROOT_HUB30\\4&15F8BA2A&0&0";
const parents: Readonly<Record<string, readonly string[]>> = {
  [CAMERA]: ["USB\\VID_1FC9&PID_0135\\6&1&0&3", HUB],
  [OTHER]: ["USB\\VID_1FC9&PID_0135\\6&1&0&4", HUB],
};

function plugAndPlay(instances: readonly string[]): PlugAndPlay {
  return {
    hidInterfaces: async () =>
      instances.map((instance) => ({ path: `path of ${instance}`, instance })),
    hubs: async () => [HUB],
    parents: async (instance) => [...parents[instance]],
    product: async () => undefined,
    locations: async (instance) => {
      const port = instance.endsWith("3") ? 3 : 4;
      return [`PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(${port})`];
    },
  } as Partial<PlugAndPlay> as PlugAndPlay;
}

/** A Windows on which one path is refused with this error. */
function windows(refused: string, code: number): { kernel: Kernel; closed: () => number } {
  let closed = 0;
  const create = (name: Uint8Array) => {
    const isRefused = new TextDecoder("utf-16le").decode(name) === `path of ${refused}\0`;
    return Deno.UnsafePointer.create(isRefused ? 0xFFFF_FFFF_FFFF_FFFFn : 0x40n);
  };
  const kernel = {
    CreateFileW: (name: Uint8Array) => Promise.resolve(create(name)),
    createFileNow: create,
    CloseHandle: () => Promise.resolve(++closed),
    GetLastError: () => code,
  };
  return { kernel: kernel as unknown as Kernel, closed: () => closed };
}

Deno.test("Windows: a camera that another program opened exclusively is busy, not opened without permission", async () => {
  for (const code of [5, 32]) {
    const { kernel } = windows(CAMERA, code);
    const holder = exclusiveHolder(kernel, plugAndPlay([CAMERA, OTHER]));
    assert.equal(
      await refusal(holder, hidCamera("1-3")),
      "Another program holds the USB device 1fc9:0135 on port 1-3.",
    );
    assert.equal(await refusal(holder, hidCamera("1-4")), undefined);
  }
});

Deno.test("Windows: a camera that is free, has disconnected or looks like another one is left to libusb", async () => {
  const free = windows("nothing", 5);
  const holder = exclusiveHolder(free.kernel, plugAndPlay([CAMERA]));
  assert.equal(await refusal(holder, hidCamera("1-3")), undefined);
  assert.equal(free.closed(), 1);
  const left = exclusiveHolder(windows(CAMERA, 2).kernel, plugAndPlay([CAMERA]));
  assert.equal(await refusal(left, hidCamera("1-3")), undefined);
  const unknown = exclusiveHolder(windows(CAMERA, 5).kernel, plugAndPlay([CAMERA, OTHER]));
  assert.equal(await refusal(unknown, hidCamera("9-9")), undefined);
  // The only device with these ids: Windows' count of buses does not matter.
  const only = exclusiveHolder(windows(CAMERA, 5).kernel, plugAndPlay([CAMERA]));
  assert.match(await refusal(only, hidCamera("9-9")) ?? "", /^Another program holds/);
});
