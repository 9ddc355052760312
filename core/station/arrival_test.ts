import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import type { DetectedDevice, UnusableDevice } from "../device/detected_device.ts";
import type { Look } from "../device/finder.ts";
import type { Board } from "../family/board.ts";
import type { UsbDeviceInfo } from "../transport/usb/device.ts";
import { classifyPort, type Verdict } from "./arrival.ts";
import type { StationJob } from "./events.ts";

const board = {
  id: "toy",
  name: "Toy Camera",
  recoveryActions: [{ id: "plug", text: "recover" }],
  afterActions: [{ id: "plug", text: "after" }],
} as unknown as Board;

const info = (portPath = "1-1") =>
  ({ portPath, descriptor: { idVendor: 0x0483, idProduct: 0xDF11 } }) as UsbDeviceInfo;

function camera(more: Partial<DetectedDevice> = {}, portPath?: string): DetectedDevice {
  const seen = { usb: info(portPath), interfaceNames: new Map() };
  return { familyId: "toys", mode: "rom", boardIds: ["toy"], title: "toy rom", seen, ...more };
}

function classify(
  detectedDevices: readonly DetectedDevice[],
  job: StationJob = "restore",
  more: { infos?: readonly UsbDeviceInfo[]; unusable?: readonly UnusableDevice[] } = {},
): Verdict {
  const infos = more.infos ?? detectedDevices.map(({ seen }) => seen.usb);
  const look: Look = { detectedDevices, unusable: more.unusable ?? [] };
  return classifyPort(infos, look, [board], job);
}

function errorIn(verdict: Verdict, is: Verdict["is"]): UnbrickError {
  assert.equal(verdict.is, is);
  assert.ok("error" in verdict);
  return verdict.error;
}

Deno.test("each job starts from its modes; in the others it needs the steps by hand of the job", () => {
  const starts = {
    restore: ["rom", "flashloader", "bootloader"],
    flash: ["bootloader", "firmware"],
    verify: ["bootloader", "firmware"],
  };
  for (const job of ["restore", "flash", "verify"] as const) {
    for (const mode of ["rom", "flashloader", "bootloader", "firmware"] as const) {
      const detected = camera({ mode });
      const verdict = classify([detected], job);
      const actions = job === "restore" ? board.recoveryActions : board.afterActions;
      const expected = starts[job].includes(mode)
        ? { is: "ready", detected, boards: [board] }
        : { is: "early", detected, actions };
      assert.deepEqual(verdict, expected, `${job} ${mode}`);
    }
  }
});

Deno.test("no device: the port is empty, whatever was detected before", () => {
  assert.deepEqual(classify([camera()], "restore", { infos: [] }), { is: "empty" });
});

Deno.test("a camera of another board and an unknown device are named", () => {
  const other = camera({ boardIds: ["a", "b"], title: "other camera" });
  const wrong = classify([other]);
  const error = errorIn(wrong, "other");
  assert.equal(error.kind, "wrong-board");
  assert.match(error.message, /not the Toy Camera; it is: other camera/);
  assert.deepEqual(error.data, { board: "toy", found: "a,b" });
  assert.deepEqual(wrong.is === "other" && wrong.detected, other);

  const unknown = errorIn(classify([], "restore", { infos: [info()] }), "blocked");
  assert.equal(unknown.kind, "wrong-board");
  assert.match(unknown.message, /unknown device \(0483:df11\)/);
  assert.deepEqual(unknown.data, { usbId: "0483:df11" });
});

Deno.test("a device that nobody recognised has the reason of the look", () => {
  const reason = new UnbrickError("permission", "No access.");
  const unusable = [{ seen: camera().seen, reason }];
  assert.equal(errorIn(classify([], "restore", { infos: [info()], unusable }), "blocked"), reason);
});

Deno.test("of two devices on the port, the camera of this board counts", () => {
  const ours = camera({ boardIds: ["other", "toy"] });
  const verdict = classify([camera({ boardIds: ["other"] }), ours], "restore", { infos: [info()] });
  assert.deepEqual(verdict, { is: "ready", detected: ours, boards: [board] });
});

Deno.test("a camera is not used if the system does not say which port it is on", () => {
  const two = classify([camera()], "restore", { infos: [info(), info()] });
  const unplaced = classify([camera({}, "1-0")]);
  for (const verdict of [two, unplaced]) {
    assert.equal(errorIn(verdict, "other").kind, "driver");
    assert.match(errorIn(verdict, "other").message, /does not say which USB port/);
    assert.ok(verdict.is === "other" && verdict.detected);
  }
  assert.deepEqual(errorIn(unplaced, "other").data, { portPath: "1-0" });
  for (const port of ["1-10", "1-0.1"]) assert.equal(classify([camera({}, port)]).is, "ready");
});

Deno.test("a camera that cannot be opened is blocked, unless it need not be opened", () => {
  const unreadable = new UnbrickError("permission", "No access.");
  const seen = { ...camera().seen, unreadable };
  const blocked = classify([camera({ seen })]);
  assert.equal(errorIn(blocked, "blocked"), unreadable);
  assert.ok(blocked.is === "blocked" && blocked.detected);
  assert.equal(classify([camera({ seen, isSerial: true })]).is, "ready");
  assert.equal(classify([camera({ seen, mode: "firmware" })], "flash").is, "ready");
});
