import assert from "node:assert/strict";
import { exitCodes } from "../../core/common/errors.ts";
import { builtExecutable } from "../executables/built.ts";
import { commonCases } from "../executables/common_cases.ts";
import { type ExecutableCase, type Launcher, outcomeText, start } from "../executables/launcher.ts";
import { runCases } from "../executables/run_cases.ts";
import { ensureLibraries } from "./libraries.ts";

/**
 * `deno task arm64 [--only=PATTERN] [--built]`: builds the Linux arm64 executable and runs it under
 * qemu-user.
 */

const arm64Cases: readonly ExecutableCase[] = [
  {
    name: "libusb-1.0.so is loaded and lists the bus",
    async run(launcher) {
      const doctor = await launcher.run("doctor", "--json");
      const answers = doctor.stdout.split("\n").map((line) => line && JSON.parse(line))
        .find((one) => one.type === "answers");
      assert.equal(answers?.library, "1.0.30", outcomeText(doctor));
      // On a machine without USB, libusb starts but finds no bus.
      const outcome = await launcher.run("devices");
      if (outcome.code !== 0) {
        assert.equal(outcome.code, exitCodes.driver, outcomeText(outcome));
        assert.match(outcome.stderr, /This system has no USB/);
      }
    },
  },
];

const libraries = await ensureLibraries();
const executable = await builtExecutable("linux-arm64");
const folder = await Deno.makeTempDir({ prefix: "unbrick-arm64-" });
// A processor without pointer authentication, which takes three quarters of the emulation time.
const emulator = ["qemu-aarch64-static", "-cpu", "cortex-a72", "-L", libraries];
const launcher: Launcher = {
  title: "linux-arm64, qemu-user",
  parallel: navigator.hardwareConcurrency,
  folder,
  inside: (name) => `${folder}/${name}`,
  imageStore: `${folder}/.local/share/unbrick/images`,
  run: (...args) =>
    start([...emulator, executable, ...args], {
      cwd: folder,
      env: { PATH: Deno.env.get("PATH")!, HOME: folder },
      deadlineMs: 600_000,
    }),
};
const cases = [...commonCases.filter(({ isBasic }) => isBasic), ...arm64Cases];
const code = await runCases(cases, launcher)
  .finally(() => Deno.remove(folder, { recursive: true }));
Deno.exit(code);
