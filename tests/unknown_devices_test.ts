import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { boards } from "../boards/openmv_stm32/boards.ts";
import { makeImages } from "../boards/openmv_stm32/samples.ts";
import { UnbrickError } from "../core/common/errors.ts";
import { bundledSet } from "../core/image/pack.ts";
import { VirtualClock } from "../core/common/virtual_clock.ts";
import { UsbFunction } from "../core/transport/usb/function.ts";
import { MemoryBus } from "../core/transport/usb/memory.ts";
import { VirtualBus } from "../core/transport/usb/virtual_bus.ts";
import { ran } from "./support/cli/command_rig.ts";

/** Devices with a camera's id that are not cameras are named and refused everywhere. */

class Shown extends UsbFunction {
  constructor(idVendor: number, idProduct: number, product: string, names: readonly string[]) {
    super({
      speed: "full",
      device: { idVendor, idProduct, iProduct: 1 },
      strings: Object.fromEntries([product, ...names].map((name, at) => [at + 1, name])),
      configuration: {
        interfaces: names.map((_, at) => ({
          bInterfaceClass: 0xFE,
          bInterfaceSubClass: 1,
          bInterfaceProtocol: 2,
          bAlternateSetting: at,
          iInterface: at + 2,
        })),
      },
    });
  }
  protected override request() {
    return Promise.resolve();
  }
}

// platformio/platform-ststm32 issue 118
const f407 = () =>
  new Shown(0x0483, 0xDF11, "STM32  BOOTLOADER", [
    "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg",
    "@Option Bytes  /0x1FFFC000/01*016 e",
  ]);
// A spelling of an H7's sectors that nobody has seen yet.
const odd = () =>
  new Shown(0x0483, 0xDF11, "DFU in FS Mode", [
    "@Internal Flash   /0x08000000/15*128Kg",
    "@Option Bytes   /0x5200201C/01*128 e",
  ]);
// openmv-runtime.md 4.1
const classic = () => new Shown(0x37C5, 0x1208, "OpenMV N6 Classic", ["CDC"]);

const images = new URL("../images/", import.meta.url);
const bundledImages = () => bundledSet((path) => Deno.readFileSync(new URL(path, images)));
const sizes = [0x4400, 0x4400, 0x2200] as const;
const leave = () => Promise.reject(new UnbrickError("cancelled", "Stopped by the user."));

async function said(line: string, device: UsbFunction, atTerminal = false) {
  const clock = new VirtualClock();
  const virtual = new VirtualBus({ wireClock: clock });
  virtual.socket("1-1").attach(device);
  const bus = new MemoryBus(virtual, clock);
  const { code, out, error } = await clock.run(() =>
    ran(line, {
      families,
      bus,
      context: { clock, bundledImages },
      console: { canAsk: atTerminal },
      prompts: { search: leave, select: leave },
    })
  );
  return { code, text: (out + error).replaceAll(/\s+/g, " ") };
}

for (
  const [device, title, cause] of [
    [f407, /STM32F405\/F407 system bootloader/, /No camera that unbrick knows has the memory/],
    [odd, /STM32H7 system bootloader/, /reports: @Internal Flash +\/0x08000000\/15\*128Kg/],
    [classic, /OpenMV N6 Classic, running/, /Files for the OpenMV N6 are not for this camera/],
  ] as const
) {
  Deno.test(`${device.name}: devices, doctor and restore name it and say why it is refused`, async () => {
    const devices = await said("devices", device());
    assert.match(devices.text, title);
    assert.match(devices.text, cause);
    assert.doesNotMatch(devices.text, /No camera is connected/);

    const doctor = await said("doctor", device());
    assert.equal(doctor.code, 12, doctor.text);
    assert.match(doctor.text, title);
    assert.match(doctor.text, cause);

    const restore = await said("restore --yes --bootloader-only", device());
    assert.equal(restore.code, 12, restore.text);
    assert.match(restore.text, cause);

    const wizard = await said("", device(), true);
    assert.equal(wizard.code, 130, wizard.text);
    assert.match(wizard.text, title);
    assert.match(wizard.text, cause);
  });
}

Deno.test("a restore that waits for its camera says what appeared instead, and why that is refused", async () => {
  const [m4] = boards;
  const made = makeImages(m4, { bootloader: "1.0.3", firmware: "5.0.0" }, sizes, false);
  const file = Deno.makeTempFileSync({ suffix: ".bin" });
  using _ = { [Symbol.dispose]: () => Deno.removeSync(file) };
  Deno.writeFileSync(file, made.get("bootloader")!.bytes);
  const restore = `restore m4 --bootloader-only --image bootloader=${file} --yes --timeout 5`;
  const elsewhere = await said(restore, f407());
  assert.equal(elsewhere.code, 8, elsewhere.text);
  assert.match(elsewhere.text, /Remove shields.*Connect BOOT to 3\.3 V/);
  assert.match(elsewhere.text, /Seen instead: STM32F405\/F407 system bootloader.*No camera/);
  assert.doesNotMatch(elsewhere.text.split("What to do")[0], /Remove shields/, "not yet");
  const later = await said(restore.replace("--timeout 5", "--timeout 40"), f407());
  assert.match(later.text.split("What to do")[0], /Remove shields.*Connect BOOT to 3\.3 V/);
  const onItsPort = await said(`${restore} --port 1-1`, f407());
  assert.equal(onItsPort.code, 12, onItsPort.text);
  assert.match(onItsPort.text, /No camera that unbrick knows has the memory/);
});
