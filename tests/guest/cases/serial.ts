import assert from "node:assert/strict";
import { CdcFunction, type CdcLine } from "../../../core/serial/cdc_function.ts";
import { Camera, type UnbrickRun } from "../camera.ts";
import type { GuestCase } from "../case.ts";
import { putCompiled } from "../compiled.ts";
import type { Guest } from "../guest.ts";

/** Serial ports through Linux' own cdc_acm: /dev/ttyACM0 is real, the device behind it a model. */

const PROGRAM = "/tmp/serial_trial";

/** An adapter on port 1-2 whose device sends back what it gets. */
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

function told({ code, lines, stderr }: UnbrickRun): string {
  const notable = lines.filter(({ type }) => type !== "progress" && type !== "seen");
  return [`exit code ${code}`, ...notable.map((line) => JSON.stringify(line)), stderr].join("\n");
}

const flashes: GuestCase[] = ["V2", "V1"].map((protocol) => ({
  name: `serial: a running camera that speaks ${protocol} is flashed without hands`,
  async run(guest) {
    const camera = await Camera.running(guest, "openmv-h7", { protocol });
    const run = await camera.unbrick("flash");
    assert.equal(run.code, 0, told(run));
    assert.equal(run.lines.at(-1)?.outcome, "proven", told(run));
    assert.ok(!run.lines.some(({ type }) => type === "hardware"), told(run));
    assert.deepEqual(camera.differences(), ["BOOTLOADER differs"]);
  },
}));

export const serialCases: readonly GuestCase[] = [
  {
    name: "serial: 55000 baud, every length, abort, exclusive, unplugged, through the real kernel",
    async run(guest) {
      const { socket, device, lines } = await plugInEcho(guest);
      const outcome = await guest.start(`${PROGRAM} full`, (line) => {
        if (line === "pull it") socket.detach();
      });
      assert.equal(outcome.code, 0, outcome.stderr);
      // SET_LINE_CODING: 55000 = 0x0000D6D8, 1 stop bit, no parity, 8 data bits.
      const asked = device.lineCodings.map((coding) => coding.toHex());
      assert.ok(asked.includes("d8d60000000008"), asked.join());
      assert.equal(asked.at(-1), "00100e00000008");
      assert.ok(lines.some(({ baudRate, dtr, rts }) => baudRate === 55_000 && dtr && rts));
      assert.deepEqual(lines.at(-1), { baudRate: 921_600, dtr: true, rts: false });
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
