import { Nak } from "../../../core/protocols/alif_isp/packets/error_code.ts";
import { encodeFrame } from "../../../core/protocols/alif_isp/packets/frame.ts";
import {
  POINTER_ADDRESS,
  SYSTEM_BASE,
} from "../../../core/protocols/alif_isp/packets/memory_map.ts";
import type { Job } from "../../../core/family/board.ts";
import { wrongDfuAnswers } from "../protocols/dfu_wrong_answers.ts";
import type { JobOptions, SimulationOptions } from "../../../core/family/family.ts";
import { damagedImages, missingContents } from "../faults/contents.ts";
import { knowing } from "../faults/known_romfs.ts";
import type { FaultSubject } from "../faults/subject.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { partitionRegions } from "../../../core/openmv_bootloader/backup.ts";
import { partitionNamed } from "../../../core/openmv_bootloader/partition.ts";
import { ae3, partitions } from "../../../boards/openmv_ae3/boards.ts";
import { SimulatedAe3 } from "../../../boards/openmv_ae3/camera.ts";
import { openmvAe3 } from "../../../boards/openmv_ae3/mod.ts";
import { factoryVersions, sampleImages } from "../../../boards/openmv_ae3/samples.ts";

/** The jobs of the AE3 for fault runs, with images small enough to try nearly every frame. */

/** The smallest possible size of a program. */
const sizes = { bootloader: 4_224, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 };
const images = sampleImages({ sizes });
/** What the cameras of these runs contain at the start. */
export const faultImages: BoardImages = sampleImages({
  sizes,
  versions: { ...factoryVersions, bootloader: "1.0.2" },
});

const partitionOf: Readonly<Record<string, string>> = {
  "bootloader": "BOOT",
  "toc": "TOC",
  "firmware-hp": "HP",
  "firmware-he": "HE",
  "romfs1": "ROMFS1",
  "romfs0": "ROMFS0",
};

/** The enclave's own firmware, for the part and root key of the simulated camera. */
const systemPlaces: Readonly<Record<string, number>> = {
  "system-ae": SYSTEM_BASE,
  "pointer": POINTER_ADDRESS,
};

const nak = (code: number) => encodeFrame(0xFF, Uint8Array.of(code));
const lineAnswers = {
  "line-nak-checksum": nak(Nak.CHECKSUM_ERROR),
  "line-nak-address": nak(Nak.BAD_DESTINATION_ADDR),
  "line-nak-write": nak(Nak.MRAM_WRITE_FAILED),
  "line-false-ack": encodeFrame(0xFE),
};

function subject(
  name: string,
  job: Job,
  options: JobOptions,
  simulation: Partial<SimulationOptions>,
  roles: readonly string[],
  more: Partial<FaultSubject> = {},
): FaultSubject {
  return {
    id: `${ae3.id}.${name}`,
    family: openmvAe3,
    board: ae3,
    job,
    options,
    images,
    answers: wrongDfuAnswers,
    camera: ({ clock, bus, serial }) => {
      const socket = bus.socket("1-1");
      const camera = new SimulatedAe3({
        clock,
        socket,
        serial: serial.socket(() => socket.portPath),
        ...simulation,
      });
      const places = roles.map((role) => {
        const address = systemPlaces[role];
        if (address !== undefined) return { role, memory: camera.mram, address };
        const { memory, start } = partitionNamed(partitions, partitionOf[role]);
        return { role, memory: memory === "mram" ? camera.mram : camera.ospi, address: start };
      });
      return {
        board: camera,
        socket,
        line: camera.line,
        crash: () => camera.enclave.reset(),
        memories: [camera.mram, camera.ospi],
        missing: missingContents({ job, images, options }, places),
        ...(more.isSaving && { userRegions: [{ ...files, flash: camera.ospi }] }),
        forbiddenOperations: () => [],
      };
    },
    ...more,
  };
}

const romfs = knowing(images, faultImages);
const erasing = { ...romfs, eraseFilesystem: true };
const files = partitionRegions(partitions).find(({ name }) => name === "rwfs")!;
const gone = ["bootloader", "toc"];
const all = Object.keys(partitionOf);
const bootloaderOnly = { bootloaderOnly: true };
const range = { address: partitionNamed(partitions, "HP").start, length: 4_224 };
const firmware = ["firmware-hp", "firmware-he", "romfs1", "romfs0"];

const isGone = {
  condition: "bricked",
  images: faultImages,
  traps: { tableGone: true },
} as const;
const isOld = { condition: "healthy", images: faultImages } as const;

/** Jobs that begin with the enclave's own firmware. */
function system(suffix: string, traps: SimulationOptions["traps"]): readonly FaultSubject[] {
  const start = (name: string, condition: SimulationOptions["condition"], trap: string) =>
    subject(
      `${name}${suffix}`,
      "restore",
      bootloaderOnly,
      { condition, images: faultImages, traps: { [trap]: true, ...traps } },
      [...gone, ...Object.keys(systemPlaces)],
      { lineAnswers },
    );
  return [
    start("old-package", "healthy", "oldPackage"),
    start("enclave-dead", "bricked", "enclaveDead"),
  ];
}

export const faultSubjects: readonly FaultSubject[] = [
  subject("restore", "restore", romfs, isGone, all),
  subject("bootloader", "restore", bootloaderOnly, isGone, gone, { lineAnswers }),
  ...system("", {}),
  // Nothing is read back line by line, so that every frame can be tried.
  ...system("-unread", { noReadBack: true }),
  subject("flash", "flash", romfs, isOld, firmware),
  subject("restore-saving", "restore", erasing, isGone, all, { isSaving: true }),
  subject("flash-saving", "flash", erasing, isOld, firmware, { isSaving: true }),
  subject("verify", "verify", {}, { condition: "healthy", images }, all),
  subject(
    "verify-damaged",
    "verify",
    {},
    { condition: "healthy", images: damagedImages(images, "firmware-hp", 0x1050) },
    all,
    { expected: "verify-failed" },
  ),
  subject("read", "read", range, { condition: "healthy", images }, ["firmware-hp"]),
];
