import assert from "node:assert/strict";
import { systemClock } from "../../../core/common/clock.ts";
import { ensureLibusb } from "../../../tools/native.ts";
import type { GuestCase } from "../case.ts";
import { putCompiled } from "../compiled.ts";
import type { Guest } from "../guest.ts";
import { TrialDevice } from "../libusb/trial_device.ts";

const PROGRAM = "/tmp/trial";

/** Copies the trial program into the guest. */
async function putProgram(guest: Guest): Promise<void> {
  await putCompiled(guest, PROGRAM, "tests/guest/libusb/trial_program.ts", [await ensureLibusb()]);
}

/** Plugs in the trial device, and lets it disconnect and return. */
async function plugIn(guest: Guest): Promise<void> {
  const socket = guest.bus.socket("1-1");
  const plug = () =>
    socket.attach(
      new TrialDevice((ms) => {
        socket.detach();
        systemClock.sleep(ms).then(plug);
      }),
    );
  plug();
  await guest.enumerated("1-1");
}

async function run(guest: Guest, command: string, user?: "technician"): Promise<string> {
  const { code, stdout, stderr } = await guest.run(command, { user });
  assert.equal(code, 0, `${command} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

export const libusbCases: readonly GuestCase[] = [
  {
    name: "@deno/usb: transfers, timeouts, aborts, drivers, unplugging, through the real kernel",
    async run(guest) {
      await putProgram(guest);
      await plugIn(guest);
      assert.match(await run(guest, `${PROGRAM} full`), /done\n$/);
    },
  },
  {
    name: "@deno/usb: an ordinary user is told that he may not",
    async run(guest) {
      await putProgram(guest);
      await plugIn(guest);
      await run(guest, `${PROGRAM} denied`, "technician");
      await run(guest, "chmod 666 /dev/bus/usb/*/*");
      await run(guest, `${PROGRAM} quick`, "technician");
    },
  },
  {
    name: "@deno/usb: every end of the process is clean, Deno.exit with an open device too",
    deadlineMs: 240_000,
    async run(guest) {
      await putProgram(guest);
      await plugIn(guest);
      for (let time = 0; time < 3; time++) {
        await run(guest, `${PROGRAM} quick`);
        await run(guest, `${PROGRAM} exit`);
      }
    },
  },
];
