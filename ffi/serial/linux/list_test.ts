import assert from "node:assert/strict";
import { dirname } from "node:path";
import { linuxSymbols } from "../posix/symbols.ts";
import { listLinuxPorts } from "./list.ts";
import { sysfs } from "./sysfs.ts";

/** Files as the kernel arranges them: class folders contain links into one tree of devices. */
const controller = "sys/devices/pci0000:00/0000:00:14.0/usb1";
const camera = `${controller}/1-1/1-1.3`;
const attributes: Readonly<Record<string, string>> = {
  [`${controller}/idVendor`]: "1d6b\n",
  [`${controller}/idProduct`]: "0002\n",
  [`${camera}/idVendor`]: "37c5\n",
  [`${camera}/idProduct`]: "1204\n",
  [`${camera}/serial`]: "2D003A000B51333835333231\n",
  [`${camera}/product`]: "OpenMV Virtual Comm Port in FS Mode\n",
  [`${camera}/1-1.3:1.0/tty/ttyACM0/dev`]: "166:0\n",
  [`${controller}/1-2/idVendor`]: "0403\n",
  [`${controller}/1-2/idProduct`]: "6015\n",
  [`${controller}/1-2/1-2:1.0/ttyUSB10/tty/ttyUSB10/dev`]: "188:10\n",
  ["sys/devices/platform/serial8250/tty/ttyS0/type"]: "4\n",
  ["sys/devices/platform/serial8250/tty/ttyS1/type"]: "0\n",
  ["sys/devices/virtual/tty/tty0/dev"]: "4:0\n",
};
const links: Readonly<Record<string, string>> = {
  [`${camera}/1-1.3:1.0/tty/ttyACM0/device`]: `${camera}/1-1.3:1.0`,
  [`${controller}/1-2/1-2:1.0/ttyUSB10/tty/ttyUSB10/device`]: `${controller}/1-2/1-2:1.0/ttyUSB10`,
  "sys/devices/platform/serial8250/tty/ttyS0/device": "sys/devices/platform/serial8250",
  "sys/devices/platform/serial8250/tty/ttyS1/device": "sys/devices/platform/serial8250",
  "sys/class/tty/ttyACM0": `${camera}/1-1.3:1.0/tty/ttyACM0`,
  "sys/class/tty/ttyUSB10": `${controller}/1-2/1-2:1.0/ttyUSB10/tty/ttyUSB10`,
  "sys/class/tty/ttyS0": "sys/devices/platform/serial8250/tty/ttyS0",
  "sys/class/tty/ttyS1": "sys/devices/platform/serial8250/tty/ttyS1",
  "sys/class/tty/tty0": "sys/devices/virtual/tty/tty0",
};

Deno.test({
  name: "Linux lists serial ports with what is known about their USB device",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const root = await Deno.makeTempDir();
    for (const [path, text] of Object.entries(attributes)) {
      await Deno.mkdir(`${root}/${dirname(path)}`, { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, text);
    }
    for (const [path, target] of Object.entries(links)) {
      await Deno.mkdir(`${root}/${dirname(path)}`, { recursive: true });
      await Deno.symlink(`${root}/${target}`, `${root}/${path}`);
    }
    const libc = Deno.dlopen("libc.so.6", linuxSymbols);
    assert.deepEqual(await listLinuxPorts(sysfs(libc.symbols), root), [
      {
        path: "/dev/ttyACM0",
        usb: {
          vendorId: 0x37C5,
          productId: 0x1204,
          serial: "2D003A000B51333835333231",
          product: "OpenMV Virtual Comm Port in FS Mode",
          portPath: "1-1.3",
        },
      },
      { path: "/dev/ttyS0" },
      { path: "/dev/ttyUSB10", usb: { vendorId: 0x0403, productId: 0x6015, portPath: "1-2" } },
    ]);
    assert.deepEqual(await listLinuxPorts(sysfs(libc.symbols), `${root}/nowhere`), []);
    libc.close();
    await Deno.remove(root, { recursive: true });
  },
});
