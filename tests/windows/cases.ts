import assert from "node:assert/strict";
import { type ExecutableCase, outcomeText } from "../executables/launcher.ts";
import { events } from "../executables/common_cases.ts";
import { wine } from "./chroot.ts";
import { compileHangingLibusb } from "./hanging_libusb.ts";
import { withDevices } from "./invented_devices.ts";
import { converseInWine as converse } from "./wine_console.ts";
import { windowsPath } from "./paths.ts";

/** Cases that only Windows has. */
export function windowsCases(executable: string): readonly ExecutableCase[] {
  return [
    {
      name: "libusb-1.0.dll is unpacked into a folder of the user, loaded, and starts",
      async run() {
        const outcome = await wine([executable, "doctor", "--json"], {
          env: { WINEDEBUG: "-all,+loaddll" },
        });
        assert.match(outcome.stderr, /Loaded L".*\.dll" at .*: native/, outcomeText(outcome));
        const lines = outcome.stdout.trim().split(/\r?\n/).map((line) => JSON.parse(line));
        const answers = lines.find(({ type }) => type === "answers");
        assert.equal(answers?.library, "1.0.30", outcomeText(outcome));
      },
    },
    {
      name: "doctor tells of this Windows",
      async run(launcher) {
        const outcome = await launcher.run("doctor", "--json");
        const answers = outcome.stdout.split(/\r?\n/).map((line) => line && JSON.parse(line))
          .find((one) => one.type === "answers");
        assert.equal(answers?.os, "windows", outcomeText(outcome));
      },
    },
    {
      name: "a camera without a driver, which libusb does not list, is found and named",
      async run(launcher) {
        await withDevices(async () => {
          const [camera, silent, ...more] = events(await launcher.run("devices", "--json"));
          assert.deepEqual(more, []);
          assert.deepEqual([camera.port, camera.usbId, camera.driver], ["1-3", "0483:df11", {
            service: "",
            problem: 28,
          }]);
          assert.equal(camera.error.kind, "driver");
          assert.match(camera.error.message, /^Windows has no driver for .*code 28/);
          assert.deepEqual([silent.port, silent.error.kind], ["1-4", "timeout"]);
          const doctor = await launcher.run("doctor");
          assert.equal(doctor.code, 5, outcomeText(doctor));
          assert.match(doctor.stdout, /STM32Bootloader\.bat[^]*WinUsb Device[^]*Zadig/);
        });
      },
    },
    {
      name: "an enumeration that never ends: devices and doctor end, and name the cause",
      async run(launcher) {
        await compileHangingLibusb(`${launcher.folder}/hangs.dll`);
        const library = ["--libusb", launcher.inside("hangs.dll")];
        await withDevices(async () => {
          const devices = await launcher.run("devices", "--json", ...library);
          assert.equal(devices.code, 8, outcomeText(devices));
          const { error } = JSON.parse(devices.stdout.trim().split(/\r?\n/).at(-1)!);
          assert.deepEqual([error.kind, error.data], ["timeout", {
            call: "libusb_get_device_list",
            milliseconds: 6_000,
            port: "1-4",
          }]);
          const doctor = await launcher.run("doctor", ...library);
          assert.equal(doctor.code, 8, outcomeText(doctor));
          const said = doctor.stdout.replaceAll(/\s+/g, " ");
          assert.match(said, /USB bus: The operating system hangs: libusb_get_device_list has not/);
          assert.match(said, /Windows could not start the USB device on port 1-4\./);
          assert.match(said, /Unplug the device on port 1-4, wait 10 s/);
        });
      },
    },
    {
      name: "Chinese on a console of code page 437; from a shell no key is waited for",
      async run() {
        const command = `chcp 437 & ${windowsPath(executable)} --lang zh boards`;
        assert.equal(await converse(["cmd", "/c", command], [[/\p{Script=Han}{3}/u, ""]]), 0);
      },
    },
    {
      name: "a Windows in Chinese is spoken to in Chinese, without --lang",
      async run() {
        // Wine takes its language from this variable; a real Windows does not have it.
        const command = `set LC_ALL=& ${windowsPath(executable)} boards`;
        const outcome = await wine(["cmd", "/c", command], { env: { LC_ALL: "zh_CN.UTF-8" } });
        assert.equal(outcome.code, 0, outcomeText(outcome));
        assert.match(outcome.stdout, /\p{Script=Han}{3}/u, outcomeText(outcome));
      },
    },
    {
      name: "paths with backslash and drive letter, with a space, and from the current folder",
      async run(launcher) {
        await Deno.mkdir(`${launcher.folder}/a folder`);
        const line = [
          "read",
          "openmv-h7",
          "--simulate",
          "--fast",
          "--yes",
          "--region",
          "bootloader",
        ];
        const outcome = await launcher.run(...line, "-o", launcher.inside("a folder\\read.bin"));
        assert.equal(outcome.code, 0, outcomeText(outcome));
        assert.equal((await Deno.stat(`${launcher.folder}/a folder/read.bin`)).size, 128 * 1024);
        const image = `bootloader=${launcher.inside("a folder/read.bin")}`;
        const restore = ["restore", "openmv-h7", "--simulate", "--fast", "--yes", "--json"];
        const [ended] = events(await launcher.run(...restore, "--image", image)).slice(-1);
        assert.equal(ended.outcome, "proven");
      },
    },
  ];
}
