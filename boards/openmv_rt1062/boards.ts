import { isSameId } from "../../core/device/unit_id.ts";
import type { Board, BoardRegion } from "../../core/family/board.ts";
import { type HardwareAction, plug, unplug } from "../../core/plan/hardware_action.ts";
import { type Region, regions } from "./memory_map.ts";
import { drawing } from "./drawing.ts";
import { text, type Words } from "../../core/common/text.ts";

const pins = ["SBL", "3.3V"];
const fitJumper: HardwareAction = {
  id: "fit-jumper",
  text: text`Connect a jumper wire between the SBL and 3.3V pins.`,
  parts: pins,
};
const removeJumper: HardwareAction = {
  id: "remove-jumper",
  text: text`Remove the jumper wire between the SBL and 3.3V pins.`,
  parts: pins,
};

/** Actions that show the camera's own bootloader, which runs for a moment at each start. */
export const replugActions: readonly HardwareAction[] = [unplug, plug];

const region = (
  name: Words,
  { start, size }: Region,
  what: Pick<BoardRegion, "role" | "isFilesystem">,
): BoardRegion => ({ name, address: start, size, ...what });

/** OpenMV Cam RT1062 (openmv-boards.md 1.1, 2.4, 3.4). */
export const rt1062: Board = {
  id: "openmv-rt1062",
  looks: text`USB-C, two buttons; pins SBL, P13 and P14`,
  regions: [
    region(text`flash configuration block`, regions.fcb, {}),
    region(text`bootloader`, regions.bootloader, { role: "bootloader" }),
    region(text`firmware`, regions.firmware, { role: "firmware" }),
    region(text`ROMFS`, regions.romfs0, { role: "romfs0" }),
    region(text`file system`, regions.filesystem, { isFilesystem: true }),
  ],
  name: "OpenMV Cam RT1062",
  maker: "OpenMV",
  folder: "OPENMV_RT1060",
  chip: "i.MX RT1062",
  jobs: { restore: true, flash: true, read: true, verify: true },
  // Both loaders tell the two words of the chip's id (imxrt-sdp-flashloader.md B7), the firmware shows
  // them as its serial number (inferred); the ROM tells nothing (A5).
  isSameUnit: (one, other) => isSameId(one.id, other.id, 16),
  roles: [
    {
      role: "flashloader",
      title: text`RAM flashloader`,
      fileNames: ["sdphost_flash_loader.bin"],
      neededFor: ["restore"],
      comesWith: "openmv-ide",
    },
    {
      role: "bootloader",
      title: text`secure bootloader (SBL)`,
      fileNames: ["blhost_flash_loader.bin"],
      neededFor: ["restore"],
      comesWith: "openmv-ide",
    },
    {
      role: "firmware",
      title: text`camera firmware`,
      fileNames: ["firmware.bin"],
      neededFor: ["flash"],
    },
    {
      role: "romfs0",
      title: text`read-only file system (models, fonts)`,
      fileNames: ["romfs0.img", "romfs.img"],
      neededFor: [],
    },
  ],
  recoveryActions: [unplug, fitJumper, plug],
  afterActions: [unplug, removeJumper, plug],
  drawing,
};
