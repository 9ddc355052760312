import { systemClock } from "../../core/common/clock.ts";
import { buildInitramfs } from "./initramfs.ts";
import { Machine } from "./machine.ts";
import { fetchKernel, installTools } from "./packages.ts";
import { exists } from "./process.ts";

/** The executable that `deno task build` makes. */
export const EXECUTABLE: string = new URL("../../dist/unbrick-linux-x64", import.meta.url).pathname;

/** Installs and fetches what is needed, and boots a guest that has an executable as `unbrick`. */
export async function bootMachine(executable: string): Promise<Machine> {
  const cache = new URL("../../.cache/guest", import.meta.url).pathname;
  await Deno.mkdir(cache, { recursive: true });
  await installTools();
  const kernel = await fetchKernel(cache);
  const programs = [
    { from: "/usr/bin/dfu-util", to: "/usr/bin/dfu-util" },
    { from: "/usr/sbin/usbip", to: "/usr/sbin/usbip" },
    { from: "/usr/bin/uuu", to: "/usr/bin/uuu" },
    { from: "/usr/bin/imx_usb", to: "/usr/bin/imx_usb" },
  ];
  if (await exists(executable)) programs.push({ from: executable, to: "/usr/bin/unbrick" });
  else console.log(`${executable} is not there: run \`deno task build\` first`);
  const folder = await Deno.makeTempDir({ dir: cache, prefix: "run-" });
  try {
    const initramfs = await buildInitramfs(folder, kernel, programs);
    const start = systemClock.now();
    const machine = await Machine.boot(kernel.image, initramfs, `${cache}/console.log`);
    console.log(`guest booted in ${((systemClock.now() - start) / 1000).toFixed(1)} s`);
    return machine;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
