import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../core/clock.ts";
import { ensureDenort, ensureLibusb } from "../../../tools/native.ts";
import type { GuestCase } from "../case.ts";
import type { Guest } from "../guest.ts";
import { TrialDevice } from "../libusb/trial_device.ts";
import { capture } from "../process.ts";

const PROGRAM = "/tmp/trial";

/** Compiles the trial program like unbrick and puts it into the guest, once. */
async function putProgram(guest: Guest): Promise<void> {
  if ((await guest.run(`test -x ${PROGRAM}`)).code === 0) return;
  const library = await ensureLibusb();
  const folder = await Deno.makeTempDir();
  const output = `${folder}/trial`;
  await capture(Deno.execPath(), [
    ...["compile", "--quiet", "--no-prompt", "--allow-ffi", "--allow-read", "--no-lock"],
    ...["--include", library, "--output", output, "tests/guest/libusb/trial_program.ts"],
  ], {
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
    env: { DENORT_BIN: Deno.env.get("DENORT_BIN") ?? await ensureDenort() },
  });
  await guest.machine.put(PROGRAM, await Deno.readFile(output));
  await Deno.remove(folder, { recursive: true });
  await guest.run(`chmod 755 ${PROGRAM}`);
}

/** Plugs the trial device in, with the hands that let it leave and come back. */
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
