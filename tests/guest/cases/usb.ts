import assert from "node:assert/strict";
import { UsbFunction } from "../../../core/transport/usb/function.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import type { GuestCase } from "../case.ts";
import { HOST } from "../machine.ts";

/** A device without endpoints: the kernel knows only its descriptors. */
class Plain extends UsbFunction {
  readonly configurations_set: number[] = [];

  constructor(idProduct: number) {
    super({
      speed: "full",
      device: { idVendor: 0x1209, idProduct, iManufacturer: 1, iProduct: 2, iSerialNumber: 3 },
      configuration: { interfaces: [{ bInterfaceClass: 0xff, iInterface: 4 }] },
      strings: { 1: "unbrick", 2: "Plain device", 3: `S${idProduct}`, 4: "Nothing to see" },
    });
  }

  protected override configured(value: number): void {
    this.configurations_set.push(value);
  }

  protected override async request(): Promise<Uint8Array> {
    throw new Stall();
  }
}

export const usbCases: readonly GuestCase[] = [
  {
    name: "the kernel enumerates a model, sees it leave and come back",
    async run(guest) {
      const socket = guest.bus.socket("1-1");
      const plain = new Plain(1);
      socket.attach(plain);
      await guest.enumerated("1-1");
      const read = (file: string) => `/sys/bus/usb/devices/${file}`;
      const files = ["1-1/idVendor", "1-1/manufacturer", "1-1/product", "1-1/serial", "1-1/speed"];
      const { stdout } = await guest.run(
        `cat ${[...files, "1-1:1.0/interface"].map(read).join(" ")}`,
      );
      const lines = stdout.trimEnd().split("\n");
      assert.deepEqual(lines, ["1209", "unbrick", "Plain device", "S1", "12", "Nothing to see"]);
      assert.deepEqual(plain.configurations_set.filter((value) => value !== 0), [1]);
      socket.detach();
      await guest.until("the device to leave", "! test -e /sys/bus/usb/devices/1-1");
      socket.attach(new Plain(2));
      await guest.enumerated("1-1");
      assert.equal((await guest.run(`cat ${read("1-1/serial")}`)).stdout, "S2\n");
    },
  },
  {
    name: "Debian's usbip lists and attaches a model, once",
    async run(guest) {
      guest.attaches = false;
      guest.bus.socket("1-3").attach(new Plain(3));
      const usbip = `usbip --tcp-port ${guest.usbipPort}`;
      const list = await guest.run(`${usbip} list -r ${HOST}`);
      assert.match(list.stdout, /1-3: .*\(1209:0003\)/);
      const attach = `${usbip} attach -r ${HOST} -b 1-3`;
      const { code, stderr } = await guest.run(attach);
      assert.equal(code, 0, stderr);
      await guest.until("the device", "grep -q S3 /sys/bus/usb/devices/1-*/serial");
      assert.notEqual((await guest.run(attach)).code, 0, "a second import must be refused");
    },
  },
  {
    name: "three devices on three ports keep apart",
    async run(guest) {
      const ports = [1, 2, 8];
      for (const port of ports) guest.bus.socket(`1-${port}`).attach(new Plain(port));
      for (const port of ports) await guest.enumerated(`1-${port}`);
      const { stdout } = await guest.run("cat /sys/bus/usb/devices/1-[128]/serial");
      assert.equal(stdout, "S1\nS2\nS8\n");
    },
  },
];
