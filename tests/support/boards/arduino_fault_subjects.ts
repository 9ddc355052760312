import type { Job } from "../../../core/family/board.ts";
import { wrongDfuAnswers } from "../protocols/dfu_wrong_answers.ts";
import type { JobOptions } from "../../../core/family/family.ts";
import { damagedImages, missingContents } from "../faults/contents.ts";
import { knowing } from "../faults/known_romfs.ts";
import type { FaultSubject } from "../faults/subject.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { backupRegions } from "../../../boards/arduino/backup.ts";
import { EXTERNAL_FLASH, places, portentaBoards } from "../../../boards/arduino/boards.ts";
import { SimulatedArduino } from "../../../boards/arduino/model.ts";
import { arduino } from "../../../boards/arduino/mod.ts";
import { sampleImages } from "../../../boards/arduino/samples.ts";

/** The jobs of these boards for fault runs, with images small enough to try every transfer. */

const sizes = [0x2210, 0x1100] as const;
const roles = ["firmware", "romfs0"];
const placesOf = places.filter(({ role }) => roles.includes(role));
/** The file system inside the chip. */
const files = backupRegions.find(({ name }) => name === "internal-filesystem")!;
const firmware = places.find(({ role }) => role === "firmware")!;

export const faultSubjects: readonly FaultSubject[] = portentaBoards.slice(0, 1).flatMap(
  (board) => {
    const images = sampleImages(board, "5.0.0", sizes);
    const old = sampleImages(board, "4.8.1", sizes);
    const subject = (
      name: string,
      job: Job,
      options: JobOptions,
      held: BoardImages,
      more: Partial<FaultSubject> = {},
    ): FaultSubject => ({
      id: `${board.id}.${name}`,
      family: arduino,
      board,
      job,
      options,
      images,
      answers: wrongDfuAnswers,
      camera: ({ clock, bus }) => {
        const socket = bus.socket("1-1");
        const camera = new SimulatedArduino(board, {
          clock,
          socket,
          condition: "healthy",
          images: held,
        });
        const { internal, external } = camera;
        const wanted = (job === "read" ? [firmware] : placesOf).map(({ role, address }) => ({
          role,
          address,
          memory: address < EXTERNAL_FLASH ? internal : external,
        }));
        return {
          board: camera,
          socket,
          memories: [internal, external],
          missing: missingContents({ job, images, options }, wanted),
          ...(more.isSaving && { userRegions: [{ ...files, flash: internal }] }),
          forbiddenOperations: () => camera.forbiddenOperations,
        };
      },
      ...more,
    });
    const range = { address: firmware.address, length: 0x2210 };
    return [
      subject("flash", "flash", knowing(images, old), old),
      subject("flash-saving", "flash", { ...knowing(images, old), eraseFilesystem: true }, old, {
        isSaving: true,
      }),
      subject("verify", "verify", {}, images),
      subject("verify-damaged", "verify", {}, damagedImages(images, "firmware", 0x1F00), {
        expected: "verify-failed",
      }),
      subject("read", "read", range, images),
    ];
  },
);
