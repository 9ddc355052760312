import assert from "node:assert/strict";
import { CdcFunction, type CdcLine } from "../../../core/transport/serial/cdc_function.ts";
import { Camera } from "../camera.ts";
import { outcomeText } from "../unbrick_run.ts";
import type { GuestCase } from "../case.ts";
import { putCompiled } from "../compiled.ts";
import type { Guest } from "../guest.ts";
import { FtdiEcho } from "../serial/ftdi_device.ts";

/**
 * Cases with serial ports through Linux' own cdc_acm: /dev/ttyACM0 is real, the device behind it is
 * a model.
 */

const PROGRAM = "/tmp/serial_trial";

/** Plugs an adapter into port 1-2 whose device returns what it receives. */
async function plugInEcho(guest: Guest) {
  const socket = guest.bus.socket("1-2");
  const lines: CdcLine[] = [];
  const device: CdcFunction = new CdcFunction({
    vendorId: 0x1A86,
    productId: 0x55D3,
    product: "USB Single Serial",
    serial: "0001",
    speed: "full",
  }, { set: (line) => lines.push(line), receive: (bytes) => device.send(bytes) });
  socket.attach(device);
  await guest.until("its port", "test -c /dev/ttyACM0");
  await putCompiled(guest, PROGRAM, "tests/guest/serial/trial_program.ts");
  return { socket, device, lines };
}

/**
 * Runs the whole trial and pulls the adapter when the trial asks for it. Returns what it prints
 * about the port.
 */
async function fullTrial(guest: Guest, pull: () => void): Promise<unknown> {
  const lines: string[] = [];
  const outcome = await guest.start(`${PROGRAM} full`, (line) => {
    lines.push(line);
    if (line === "pull it") pull();
  });
  assert.equal(outcome.code, 0, outcome.stderr);
  return JSON.parse(lines[0]);
}

const flashes: GuestCase[] = ["V2", "V1"].map((protocol) => ({
  name: `serial: a running camera that speaks ${protocol} is flashed without hands`,
  async run(guest) {
    const camera = await Camera.running(guest, "openmv-h7", { protocol });
    const run = await camera.unbrick("flash");
    assert.equal(run.code, 0, outcomeText(run));
    assert.equal(run.lines.at(-1)?.outcome, "proven", outcomeText(run));
    assert.ok(!run.lines.some(({ type }) => type === "hardware"), outcomeText(run));
    assert.deepEqual(camera.differences(), ["BOOTLOADER differs"]);
  },
}));

export const serialCases: readonly GuestCase[] = [
  {
    name: "serial: 55000 baud, every length, abort, exclusive, unplugged, through the real kernel",
    async run(guest) {
      const { socket, device, lines } = await plugInEcho(guest);
      assert.deepEqual(await fullTrial(guest, () => socket.detach()), {
        path: "/dev/ttyACM0",
        usb: {
          vendorId: 0x1A86,
          productId: 0x55D3,
          serial: "0001",
          product: "USB Single Serial",
          portPath: "1-2",
        },
      });
      // SET_LINE_CODING: 55000 = 0x0000D6D8, 1 stop bit, no parity, 8 data bits.
      const asked = device.lineCodings.map((coding) => coding.toHex());
      assert.ok(asked.includes("d8d60000000008"), asked.join());
      assert.equal(asked.at(-1), "00100e00000008");
      assert.ok(lines.some(({ baudRate, dtr, rts }) => baudRate === 55_000 && dtr && rts));
      assert.deepEqual(lines.at(-1), { baudRate: 921_600, dtr: true, rts: false });
    },
  },
  {
    name: "serial: an FTDI adapter through the real ftdi_sio, with a latency of 1 ms",
    async run(guest) {
      const socket = guest.bus.socket("1-3");
      const device = new FtdiEcho();
      socket.attach(device);
      await guest.until("its port", "test -c /dev/ttyUSB0");
      assert.equal(device.latencyMs, 16);
      await putCompiled(guest, PROGRAM, "tests/guest/serial/trial_program.ts");
      assert.deepEqual(await fullTrial(guest, () => socket.detach()), {
        path: "/dev/ttyUSB0",
        usb: {
          vendorId: 0x0403,
          productId: 0x6015,
          serial: "DK0A1B2C",
          product: "FT230X Basic UART",
          portPath: "1-3",
        },
      });
      assert.equal(device.latencyMs, 1);
      assert.equal(device.format, 8);
      // 55000 baud is 3 MHz divided by 54 4/8 (alif-isp.md A.2).
      assert.ok(device.divisors.includes(0x4036), device.divisors.join());
    },
  },
  {
    name: "serial: an ordinary user is told that he may not open a port",
    async run(guest) {
      await plugInEcho(guest);
      await guest.run("chmod 600 /dev/ttyACM0");
      const { code, stderr } = await guest.run(`${PROGRAM} denied`, { user: "technician" });
      assert.equal(code, 0, stderr);
      await guest.run(`rm ${PROGRAM}`);
    },
  },
  ...flashes,
];
