import { text } from "../../core/common/text.ts";
import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import {
  checkedOrLeftOut,
  type LeftOut,
  nothingToWrite,
  sameCameraStep,
} from "../../core/plan/put_back_steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { backupRegions } from "./backup.ts";
import { places, type PortentaClass } from "./boards.ts";
import { enterStep, startStep } from "./enter.ts";
import { checkImage, consentForUnmarked } from "./validate.ts";
import { writeStepAt } from "./write.ts";

const firmware = places.find(({ role }) => role === "firmware")!;

/** Returns the steps of `put-back`: all but Arduino's bootloader, the firmware last. */
export function putBackSteps(
  images: BoardImages,
  options: JobOptions,
  board: PortentaClass,
): Step[] {
  const given = options.putBack!;
  const leftOut: LeftOut[] = [];
  const writes = given.regions.flatMap(({ name, memory, address, size }) => {
    const place = backupRegions.find((one) => one.name === name);
    const image = images.get(name);
    const isHere = place?.memory === memory && place.address === address && place.size === size;
    if (!image || !isHere || name === "bootloader") {
      const reason = isHere
        ? text`It is Arduino's own bootloader, which Arduino's tools write.`
        : text`Today's layout of the ${board.name} has no such region.`;
      leftOut.push({ name, reason });
      return [];
    }
    if (name !== firmware.role) return [{ name, address, image, consent: undefined }];
    const sound = checkedOrLeftOut(
      image,
      given,
      leftOut,
      (one) => checkImage(one, firmware, board),
    );
    if (!sound) return [];
    return [{ name, address, image: sound, consent: consentForUnmarked(sound, board) }];
  });
  if (writes.length === 0) throw nothingToWrite(board, leftOut);
  const last = ({ name }: typeof writes[number]) => Number(name === firmware.role);
  return [
    enterStep(board),
    sameCameraStep(given, leftOut),
    ...writes.toSorted((a, b) => last(a) - last(b)).map(({ name, address, image, consent }) =>
      writeStepAt({
        id: `put-back-${name}`,
        title: text`Write the ${name}`,
        region: name,
        address,
        content: image,
        consent,
      })
    ),
    startStep(board, firmware.address),
  ];
}
