import assert from "node:assert/strict";
import { addresses } from "../../common/addresses.ts";
import type { Answers } from "./answers.ts";
import { exitCodeOf, type Finding, findings } from "./findings.ts";
import {
  linuxAnswers,
  macAnswers,
  refusal,
  rom,
  sdp,
  windowsAnswers,
} from "../../../tests/support/cli/doctor_answers.ts";

/** Returns the problems and their exit code. */
function diagnose(answers: Answers): { code: number; problems: Finding[]; all: Finding[] } {
  const all = findings(answers);
  return {
    code: exitCodeOf(all),
    problems: all.filter(({ state }) => state === "problem"),
    all,
  };
}

const denied = refusal("permission", "This user is not allowed to open it.");

for (const healthy of [linuxAnswers, windowsAnswers, macAnswers]) {
  Deno.test(`${healthy.os}: a camera that is ready to use, no problem`, () => {
    const { code, problems, all } = diagnose({ ...healthy, devices: [rom] });
    assert.equal(code, 0);
    assert.deepEqual(problems, []);
    assert.ok(
      all.some(({ text }) =>
        /^STM32H7 system bootloader .*port 1-1.*ready to use\.$/.test(String(text))
      ),
    );
  });
}

Deno.test("no camera is not a problem, but a hint", () => {
  const { code, all } = diagnose(linuxAnswers);
  assert.equal(code, 0);
  const [camera] = all.filter(({ about }) => about === "device");
  assert.equal(camera.state, "note");
  assert.match(camera.repair.join(), /carries data/);
});

Deno.test("a system without USB: the bus is the problem, and cameras are not mentioned", () => {
  const bus = refusal("driver", "This system has no USB.", { missing: "/sys/bus/usb" });
  const { code, problems, all } = diagnose({ ...linuxAnswers, bus });
  assert.equal(code, 5);
  assert.deepEqual(problems.map(({ about }) => about), ["bus"]);
  assert.match(
    String(problems[0].repair[0]),
    /pass its USB devices through to the virtual machine/,
  );
  assert.ok(!all.some(({ about }) => about === "device"));
});

Deno.test("a library that does not load: the bus is not mentioned, and another library is suggested", () => {
  const library = refusal("driver", "libusb.so cannot be used.", { library: "libusb.so" });
  const { code, problems, all } = diagnose({ ...linuxAnswers, library, bus: undefined });
  assert.equal(code, 5);
  assert.match(problems[0].repair.join(), /--libusb/);
  assert.ok(!all.some(({ about }) => about === "bus"));
});

Deno.test("no folder from which a library may be loaded: a folder is asked for, and cameras are not mentioned", () => {
  const library = refusal(
    "permission",
    "The system does not let unbrick load its library libusb-1.0.so from /tmp (programs are not allowed to run there).",
    { places: ["/tmp"] },
  );
  for (
    const [answers, remedy] of [[linuxAnswers, /TMPDIR=/], [
      windowsAnswers,
      /LOCALAPPDATA=/,
    ]] as const
  ) {
    const { code, problems } = diagnose({ ...answers, library, bus: undefined });
    assert.equal(code, 4);
    assert.match(problems[0].repair.join("\n"), remedy);
    assert.doesNotMatch(problems[0].repair.join("\n"), /udev|Zadig|lsusb|Close programs/);
  }
});

Deno.test("Linux: no permission to open a camera", () => {
  const { code, problems } = diagnose({
    ...linuxAnswers,
    udevRules: "missing",
    devices: [{ ...rom, refused: denied }],
  });
  assert.equal(code, 4);
  assert.match(String(problems[0].text), /this user is not allowed to open it/);
  assert.ok(problems[0].repair.includes("    sudo unbrick doctor --install-udev"));
});

Deno.test("Linux: the program that uses a camera is named, before the refusal that it causes", () => {
  for (const kind of ["busy", "timeout"] as const) {
    const { code, problems } = diagnose({
      ...linuxAnswers,
      devices: [{
        ...rom,
        drivers: ["usbfs"],
        holders: [{ pid: 4711, name: "openmvide" }],
        refused: refusal(kind, "Another program is using it."),
      }],
    });
    assert.equal(code, 6);
    assert.match(String(problems[0].text), /driver usbfs.*openmvide \(process 4711\) has it open/);
    assert.deepEqual(problems[0].repair.map(String), [
      "Close openmvide, or end it with: kill 4711",
    ]);
  }
});

Deno.test("Linux: rules of another version and a running ModemManager are notes", () => {
  const { code, all } = diagnose({
    ...linuxAnswers,
    udevRules: "different",
    interferingPrograms: [{ pid: 900, name: "ModemManager" }],
  });
  assert.equal(code, 0);
  const texts = all.filter(({ about }) => about === "rules").map(({ text }) => text);
  assert.match(String(texts[0]), /not the version that this unbrick needs/);
  assert.match(String(texts[1]), /ModemManager is running \(process 900\)/);
});

Deno.test("Linux: a camera's serial port without permission, and one in use", () => {
  const { code, problems } = diagnose({
    ...linuxAnswers,
    serialPorts: [
      { path: "/dev/ttyS0", mayUse: false, holders: [] },
      { path: "/dev/ttyUSB0", usbId: "0403:6015", mayUse: false, holders: [] },
      {
        path: "/dev/ttyACM0",
        usbId: "37c5:1204",
        mayUse: true,
        holders: [{ pid: 12, name: "screen" }],
      },
    ],
  });
  assert.equal(code, 4);
  assert.deepEqual(problems.map(({ kind }) => kind), ["permission", "busy"]);
  assert.match(problems[0].repair.join("\n"), /usermod -aG dialout/);
});

Deno.test("Windows: no WinUSB driver, with the id to look for in Zadig", () => {
  const { code, problems } = diagnose({
    ...windowsAnswers,
    devices: [{
      ...rom,
      title: undefined,
      refused: refusal("driver", "Windows has no WinUSB driver for device 0483:df11."),
    }],
  });
  assert.equal(code, 5);
  assert.match(String(problems[0].text), /^Unknown device \(port 1-1, 0483:df11/);
  assert.match(String(problems[0].repair[0]), /STM32Bootloader\.bat/);
  assert.match(
    problems[0].repair.join("\n"),
    /install WinUSB for the device 0483:df11 with Zadig/,
  );
});

Deno.test("macOS: HID goes through hidapi, without sudo; a refusal is a problem", () => {
  const { code, all } = diagnose({ ...macAnswers, devices: [rom, sdp] });
  assert.equal(code, 0);
  const hid = all.find(({ text }) => String(text).includes("1fc9:0135"));
  assert.deepEqual([hid?.state, hid?.repair], ["note", []]);
  assert.match(String(hid!.text), /through hidapi, without sudo/);
  const refused = diagnose({ ...macAnswers, devices: [{ ...sdp, refused: denied }] });
  assert.equal(refused.code, 4);
  assert.equal(diagnose({ ...linuxAnswers, devices: [sdp] }).code, 0);
  assert.equal(diagnose({ ...windowsAnswers, devices: [sdp] }).code, 0);
});

Deno.test("running firmware that cannot be opened is not a problem", () => {
  const firmware = { ...rom, mode: "firmware", refused: denied } as const;
  assert.equal(diagnose({ ...linuxAnswers, devices: [firmware] }).code, 0);
});

Deno.test("images: complete, only for practice, incomplete, damaged", () => {
  const image = { role: "firmware", name: "firmware.bin", bytes: 5, sha256: "ab" };
  const whereToGet = (["firmware", "openmv-ide"] as const)
    .map((what) => ({ what, address: addresses[what] }));
  const board = (simulationOnly: boolean, missing: string[]): Answers => ({
    ...linuxAnswers,
    images: {
      origin: "firmware.zip",
      boards: [{ board: "openmv-h7", images: [{ ...image, simulationOnly }], missing, whereToGet }],
    },
  });
  const of = (answers: Answers) => findings(answers).filter(({ about }) => about === "images");
  assert.deepEqual(of(board(false, [])).map(({ state }) => state), ["good"]);
  const [practice] = of(board(true, []));
  assert.match(String(practice.text), /They are for simulated cameras only/);
  const lines = practice.repair.join("\n");
  assert.ok(whereToGet.every(({ address }) => lines.includes(address)), lines);
  assert.match(String(of(board(false, ["bootloader"]))[1].text), /has no bootloader for openmv-h7/);
  const damaged = refusal("bad-image", "firmware.bin: its SHA-256 is ab.");
  assert.equal(diagnose({ ...linuxAnswers, images: damaged }).code, 13);
});

Deno.test("the worst problem decides the exit code, in any order", () => {
  const { code, problems } = diagnose({
    ...linuxAnswers,
    devices: [{ ...rom, holders: [{ pid: 1, name: "x" }] }, { ...rom, refused: denied }],
    folders: [{ path: ".", use: "reports", free: 1000 }],
  });
  assert.deepEqual(problems.map(({ kind }) => kind), ["busy", "permission", "not-found"]);
  assert.equal(code, 3);
});
