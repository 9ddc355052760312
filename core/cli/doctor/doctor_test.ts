import assert from "node:assert/strict";
import { MemoryBus } from "../../transport/usb/memory.ts";
import { VirtualBus } from "../../transport/usb/virtual_bus.ts";
import { systemClock } from "../../common/clock.ts";
import { type Failure, UnbrickError } from "../../common/errors.ts";
import type { DriverState } from "../../transport/usb/device.ts";
import { UsbFunction } from "../../transport/usb/function.ts";
import { plainStyle } from "../terminal/style.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { errorOf } from "../../../tests/support/expected_error.ts";
import { findings } from "./findings.ts";
import { nodeOf } from "./linux_probe.ts";
import { installUdevRules } from "./install_udev.ts";
import {
  fakeFiles,
  linuxAnswers,
  refusal,
  rom,
} from "../../../tests/support/cli/doctor_answers.ts";
import { doctorLines } from "../views/doctor_lines.ts";

class ToyRom extends UsbFunction {
  constructor() {
    super({
      speed: "full",
      device: { idVendor: 0x7091, idProduct: 1, iSerialNumber: 1 },
      configuration: { interfaces: [{ bInterfaceClass: 0xFF }] },
      strings: { 1: "TOY0001" },
    });
  }

  protected override request(): Promise<void> {
    return Promise.resolve();
  }
}

/** Returns a bus with one toy camera in its ROM. */
function toyBus(): MemoryBus {
  const bus = new VirtualBus();
  bus.socket("1-1").attach(new ToyRom());
  return new MemoryBus(bus, systemClock);
}

Deno.test("doctor: what an 80-column terminal shows", () => {
  const answers = {
    ...linuxAnswers,
    udevRules: "missing",
    devices: [{ ...rom, refused: refusal("permission", "") }],
    terminal: { ...linuxAnswers.terminal, columns: 72 },
  } as const;
  const lines = doctorLines(answers, findings(answers), { style: plainStyle, width: 80 });
  assert.equal(
    lines.join("\n"),
    `unbrick 1.2.3 on Linux

+ USB library: libusb 1.0.30 loads.
+ USB bus: readable, 7 devices.
- udev rules: not installed. Without them, only some users can open a camera.
x STM32H7 system bootloader (ST ROM) (port 1-1, 0483:df11, serial 200364500000):
  this user is not allowed to open it.
+ Serial ports: none of a camera.
- Images: firmware.zip contains none.
+ Folder /tmp: 4.7 GiB free (the library).
- Terminal: 72 columns, colours, Unicode, questions can be asked.

What to do:
  - To let every user of this computer open it, run this, then plug the camera
    in again:
    sudo unbrick doctor --install-udev

If you need it:
  - To install the udev rules, run: sudo unbrick doctor --install-udev
  - Name an OpenMV firmware release (folder or zip) with: --images
  - To get OpenMV firmware releases, on a computer with a network:
    https://github.com/openmv/openmv/releases
  - Make the window at least 80 columns wide.

1 problem found.`,
  );
});

Deno.test("doctor asks the bus, the kernel and the images", async () => {
  const bus = toyBus();
  const [device] = await bus.list();
  const files = (links: Record<string, string>) =>
    fakeFiles({ links, texts: { "/proc/1/comm": "camera-app" } });
  const free = await ran("doctor", { bus, context: { systemFiles: () => files({}) } });
  assert.equal(free.code, 0);
  assert.match(free.out, /libusb 1\.0\.0 loads/);
  assert.match(free.out, /toy ROM \(port 1-1, 7091:0001, serial TOY0001\): ready to use/);
  assert.match(free.out, /the bundled images, 1 file for 1 board/);
  const held = await ran("doctor", {
    bus: toyBus(),
    context: { systemFiles: () => files({ "/proc/1/fd/3": nodeOf(device) }) },
  });
  assert.equal(held.code, 6);
  assert.match(held.out, /camera-app \(process 1\) has it\s+open/);
});

Deno.test("doctor and devices name the driver that Windows has bound, and its maker", async () => {
  const windows = (driver: DriverState) => {
    const bus = toyBus();
    return Object.assign(bus, {
      list: async () =>
        (await MemoryBus.prototype.list.call(bus)).map((info) => ({ ...info, driver })),
    });
  };
  const bound = { service: "WINUSB", provider: "libwdi", problem: 0 };
  const { out } = await ran("doctor", { bus: windows(bound), context: { os: "windows" } });
  assert.match(out.replaceAll(/\s+/g, " "), /serial TOY0001, driver WINUSB \(libwdi\)\)/);
  const listed = await ran("devices", { bus: windows(bound), context: { os: "windows" } });
  assert.match(listed.out, /driver WINUSB/);
  const { json } = await ran("devices --json", { bus: windows(bound) });
  assert.deepEqual(json[0].driver, bound);
});

Deno.test("doctor names the program that holds a camera through hidraw, once", async () => {
  const bus = toyBus();
  const [device] = await bus.list();
  const hidraw = `/sys/bus/usb/devices/${device.portPath}:1.0/0003:7091:0001.0002/hidraw/hidraw0`;
  const files = fakeFiles({
    links: { "/proc/1/fd/3": nodeOf(device), "/proc/1/fd/4": "/dev/hidraw0" },
    texts: { [`${hidraw}/dev`]: "242:0", "/proc/1/comm": "sdphost" },
  });
  const { code, out } = await ran("doctor", { bus, context: { systemFiles: () => files } });
  assert.equal(code, 6);
  assert.equal(out.match(/sdphost \(process 1\)/g)?.length, 1);
});

Deno.test("doctor --json: the answers, each finding, and the exit code", async () => {
  const { code, json } = await ran("doctor --json", {
    context: {
      usbLibrary: () => Promise.reject(new UnbrickError("not-found", "There is no library.")),
    },
  });
  assert.equal(code, 3);
  assert.deepEqual([json[0].type, json.at(-1)?.type, json.at(-1)?.exitCode], [
    "answers",
    "doctor-ended",
    3,
  ]);
  assert.ok(json.slice(1, -1).every(({ type }) => type === "finding"));
  assert.equal((json[1].error as Failure).kind, "not-found");
});

Deno.test("doctor --images: a release is checked", async () => {
  const { code, out } = await ran("doctor --images /no/such/folder", { bus: toyBus() });
  assert.equal(code, 3);
  assert.match(out, /x Images: There is no file or folder \/no\/such\/folder\./);
});

Deno.test("--install-udev writes the rules, and says why if it cannot", async () => {
  const written: string[] = [];
  installUdevRules("linux", (path, text) => written.push(path, text));
  assert.equal(written[0], "/etc/udev/rules.d/60-unbrick.rules");
  assert.match(written[1], /idVendor}=="37c5".*\n$/s);
  const failure = (thrown: Error) => {
    const write = () => {
      throw thrown;
    };
    return errorOf(Promise.try(() => installUdevRules("linux", write)));
  };
  const denied = await failure(new Deno.errors.PermissionDenied("no"));
  assert.match(denied.message, /: this user is not allowed to\.$/);
  assert.deepEqual([denied.kind, denied.data.superUser], ["permission", true]);
  const full = await failure(Object.assign(new Error("no space"), { code: "ENOSPC" }));
  assert.deepEqual([full.kind, full.data.superUser, full.data.full], [
    "not-found",
    undefined,
    true,
  ]);
  assert.throws(() => installUdevRules("windows"), { kind: "usage" });
});
