import type { ErrorData } from "./errors.ts";
import { text, type Words } from "./text.ts";

/**
 * CM_PROB_DISABLED; problems that another start may solve (host-systems.md 1.3). The last six are
 * Microsoft's: to be removed, its old driver still loaded, halted, ready for safe removal, waiting for
 * another device, being reset.
 */
const DISABLED = 22, startProblems = [1, 10, 14, 24, 43, 45, 21, 38, 44, 47, 51, 54];

/**
 * Returns the ways to a driver, those without a download first (host-systems.md 2.2,
 * 2.3). The cameras have no Microsoft OS descriptors, so Windows binds no driver by itself
 * (openmv-boards.md 6.2).
 */
export function driverOnWindows(data: ErrorData = {}): Words[] {
  const { problem } = data;
  if (problem === DISABLED) {
    return [
      text`Open Device Manager (Windows key + X), right-click the device, and choose Enable device.`,
      text`Run the same command again. It reads the camera and does what is missing.`,
    ];
  }
  if (typeof problem === "number" && startProblems.includes(problem)) {
    return [
      text`Unplug the camera, wait 10 s, and plug it into another USB port of the computer.`,
      text`If this happens again, restart Windows.`,
    ];
  }
  const usbId = typeof data.usbId === "string" ? data.usbId : "";
  const device = usbId && ` ${usbId}`;
  return [
    ...driverOnThisComputer(usbId),
    text`To use the WinUSB driver that Windows contains (no download), open Device Manager (Windows
      key + X), right-click the device${device}, choose Update driver, then:`,
    text`    Browse my computer for drivers > Let me pick from a list`,
    text`    Universal Serial Bus devices > WinUsb Device > Next > Yes`,
    text`If that list has no "Universal Serial Bus devices", install WinUSB for the device${device}
      with Zadig (zadig.akeo.ie), brought from a computer with a network:`,
    text`    Options > List All Devices, select the device, select WinUSB, then Install Driver or
      Replace Driver`,
    text`Do not do this for 1FC9:0135 and 15A2:0073: they are HID devices and need no driver.`,
  ];
}

/** Drivers that other programs may have brought (host-systems.md 2.2). */
function driverOnThisComputer(usbId: string): Words[] {
  if (/^0483:df11$/i.test(usbId)) {
    return [
      text`If OpenMV IDE or STM32CubeProgrammer is installed, search its folder for
        STM32Bootloader.bat. Right-click it, and choose Run as administrator.`,
    ];
  }
  if (/^37c5:9/i.test(usbId)) {
    return [
      text`If OpenMV IDE is installed, open ${"share\\qtcreator\\drivers\\openmv"} in its folder.
        Right-click the file of this camera that ends in -dfu.inf, and choose Install.`,
    ];
  }
  return [];
}
