import assert from "node:assert/strict";
import { advice } from "./advice.ts";
import { udevRules } from "./udev_rules.ts";
import { type ErrorData, type ErrorKind, exitCodes } from "./errors.ts";

Deno.test("every kind has advice on every system", () => {
  for (const kind of Object.keys(exitCodes) as ErrorKind[]) {
    for (const os of ["linux", "windows", "darwin"] as const) {
      assert.ok(advice({ kind }, os).length > 0, `${kind} on ${os}`);
    }
  }
});

Deno.test("no permission on Linux: the rule text for OpenMV and ST", () => {
  const text = advice({ kind: "permission" }, "linux").join("\n");
  assert.match(text, /idVendor}=="0483", ATTR{idProduct}=="df11"/);
  assert.match(text, /idVendor}=="37c5", MODE/);
  assert.match(text, /udevadm control --reload/);
  assert.ok(udevRules.path.split("/").at(-1)! < "73-seat-late.rules");
});

Deno.test("on Windows, the ways to a driver without a download come before Zadig", () => {
  const said = (data: ErrorData) => advice({ kind: "driver", data }, "windows").join("\n");
  const place = (text: string, words: RegExp) => text.search(words);
  const ways: readonly [id: string, brought: RegExp][] = [
    ["0483:df11", /STM32Bootloader\.bat/],
    ["37c5:9204", /share\\qtcreator\\drivers\\openmv .*-dfu\.inf/],
  ];
  for (const [usbId, brought] of ways) {
    const text = said({ usbId, problem: 28 });
    const inBox = new RegExp(
      `WinUSB driver that Windows contains .* right-click the device ${usbId}`,
    );
    const zadig = new RegExp(`WinUSB for the device ${usbId} with Zadig`);
    const places = [brought, inBox, zadig].map((way) => place(text, way));
    assert.ok(!places.includes(-1), text);
    assert.deepEqual(places, places.toSorted((one, other) => one - other));
  }
  assert.doesNotMatch(said({ usbId: "2341:035b" }), /Bootloader\.bat|-dfu\.inf/);
});

Deno.test("on Windows, a disabled device or one that did not start needs no driver", () => {
  const said = (problem: number) =>
    advice({ kind: "driver", data: { usbId: "0483:df11", problem } }, "windows").join("\n");
  assert.match(said(22), /choose Enable device/);
  assert.match(said(43), /another USB port/);
  for (const problem of [22, 10, 43, 47, 54, 21]) {
    assert.doesNotMatch(said(problem), /Zadig|WinUSB/);
  }
});

Deno.test("a serial port is no file: the advice is about the device", () => {
  const said = (kind: ErrorKind, data: ErrorData) => advice({ kind, data }, "linux").join("\n");
  const ofPort: ErrorData = { path: "/dev/ttyUSB0", errno: 13, name: "EACCES" };
  assert.match(said("permission", ofPort), /install the udev rules/);
  assert.match(said("not-found", ofPort), /cable/);
  assert.match(said("permission", { path: "x.json" }), /Choose a file/);
  assert.match(said("not-found", { path: "x.json" }), /Check the file name/);
});

Deno.test("another board: what to do depends on whether the device or a file is of that board", () => {
  const said = (data: ErrorData) => advice({ kind: "wrong-board", data }, "linux").join("\n");
  const board = "openmv-h7";
  const ofDevice: readonly ErrorData[] = [{}, { sizeKiB: 1 }, { board, found: "openmv-m7" }, {
    board,
    found: null,
  }];
  for (const data of ofDevice) {
    assert.doesNotMatch(said(data), /image/);
    assert.match(said(data), /unplug this device/);
  }
  assert.match(said({ board, found: "openmv-m7,openmv-m4" }), /command: openmv-m7, openmv-m4$/m);
  assert.match(said({ board, file: "x.bin" }), /Choose images made for this camera/);
  assert.doesNotMatch(said({ board, file: "x.bin" }), /plug/);
  assert.equal(
    said({ board, partition: "ROMFS0" }),
    "Update the bootloader: unbrick restore openmv-h7",
  );
  assert.match(said({ comesWith: "se-tools", role: "system-ae" }), /unbrick images import FOLDER/);
});

Deno.test("a missing consent is named", () => {
  const said = (data: { consent: string; fuse?: boolean }) =>
    advice({ kind: "consent-needed", data }, "linux").map(String);
  assert.deepEqual(said({ consent: "boot-source", fuse: true }), [
    "To allow it, run the same command again with: --allow-fuse boot-source",
  ]);
  assert.deepEqual(said({ consent: "unlock-erases-all", fuse: false }), [
    "To allow it, run the same command again with: --allow unlock-erases-all",
  ]);
});
