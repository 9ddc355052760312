import type { Answers } from "../../core/cli/doctor/answers.ts";
import { findings } from "../../core/cli/doctor/findings.ts";
import {
  linuxAnswers,
  macAnswers,
  refusal,
  rom,
  sdp,
  windowsAnswers,
} from "../support/cli/doctor_answers.ts";
import { doctorLines } from "../../core/cli/views/doctor_lines.ts";
import { say, setLanguage } from "../../core/cli/language/say.ts";
import { makeStyle } from "../../core/cli/terminal/style.ts";
import { compare, fits } from "./snapshot.ts";
import { list, text } from "../../core/common/text.ts";

/** What the doctor says about each system: no problem, and the most frequent problems. */

const denied = refusal("permission", text`This user may not open it.`);

const library = "libusb-1.0.so";
const refusals = ["memory", "/home/anna/.cache", "/tmp"].map((place) =>
  text`from ${place} (${text`programs are not allowed to run there`})`
);
const device = text`the USB device ${"0483:df11"} on port ${"1-1"}`;

const systems: Readonly<Record<string, Answers>> = {
  "Linux, all well": { ...linuxAnswers, devices: [rom] },
  "Linux, no rights, a port that is held": {
    ...linuxAnswers,
    udevRules: "missing",
    devices: [{ ...rom, refused: denied }],
    serialPorts: [{
      path: "/dev/ttyACM0",
      usbId: "37c5:1204",
      mayUse: true,
      holders: [{ pid: 12, name: "openmvide" }],
    }],
    interferingPrograms: [{ pid: 900, name: "ModemManager" }],
  },
  "Linux, no USB library": {
    ...linuxAnswers,
    library: refusal(
      "not-found",
      text`The ${text`USB library`} ${library} is not part of this program, and it was not
          built in ${".cache/native/linux-x64/libusb-1.0.so"}.`,
      { library: "libusb-1.0.so" },
    ),
    bus: undefined,
  },
  "Linux, nothing may be loaded": {
    ...linuxAnswers,
    library: refusal(
      "permission",
      text`The system does not let unbrick load its library ${library} ${list(refusals)}.`,
      { places: ["memory", "/home/anna/.cache", "/tmp"] },
    ),
    bus: undefined,
  },
  "Windows, no driver": {
    ...windowsAnswers,
    devices: [{
      ...rom,
      title: undefined,
      refused: refusal("driver", text`Windows has no WinUSB driver for ${device}.`),
    }],
  },
  "macOS, a HID device": { ...macAnswers, devices: [rom, sdp] },
};

for (const [name, answers] of Object.entries(systems)) {
  Deno.test(`screen: doctor, ${name}`, async () => {
    const style = makeStyle({ colour: false, unicode: true });
    for (const [language, title] of [["en", "80"], ["zh", "80, Chinese"]] as const) {
      await setLanguage(language);
      try {
        const use = text`for reports and for what is read from a camera`;
        const folders = [{ ...answers.folders[0], path: ".", use }];
        const lines = doctorLines(answers, findings({ ...answers, folders }), { style, width: 80 })
          .map(say);
        fits(lines, 80);
        compare(`doctor, ${name}, ${title}`, lines.join("\n") + "\n");
      } finally {
        await setLanguage("en");
      }
    }
  });
}
