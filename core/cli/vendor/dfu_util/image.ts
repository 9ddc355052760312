import { basename } from "node:path";
import { UnbrickError } from "../../../common/errors.ts";
import { usbId } from "../../../common/format.ts";
import type { BoardFamily } from "../../../family/family.ts";
import type { Image } from "../../../image/image.ts";
import { loadImage } from "../../../image/load.ts";
import { simulationOnly } from "../../../common/simulation_only.ts";
import type { Context } from "../../context.ts";
import { checkedPayload, readPayload } from "../payload.ts";
import { refuseOtherBoard } from "./board_check.ts";
import type { Candidate } from "./candidate.ts";
import { layoutOf, targetAddress } from "./dfuse.ts";
import type { DfuUtilOptions } from "./options.ts";

/** The image in a file, or in standard input for `-`. @throws UnbrickError `not-found`, `bad-image` */
export async function readImage(path: string, context: Context): Promise<Image> {
  const isInput = path === "-";
  const name = isInput ? "standard input" : basename(path);
  const bytes = isInput
    ? checkedPayload(await new Response(Deno.stdin.readable).bytes(), name, context)
    : readPayload(path, context);
  const image = loadImage(bytes, { role: "", name, source: path });
  // A mark that only shows when the container is unpacked.
  if (image.simulationOnly) throw simulationOnly([image]);
  return image;
}

/** What can be told before the first transfer. @throws UnbrickError `wrong-board`, `usage`, `protocol` */
export function checkImage(
  image: Image,
  candidate: Candidate,
  options: DfuUtilOptions,
  families: readonly BoardFamily[],
): void {
  const { idVendor, idProduct } = candidate.info.descriptor;
  const { vendorId = idVendor, productId = idProduct } = image.usbIds ?? {};
  if (vendorId !== idVendor || productId !== idProduct) {
    throw new UnbrickError(
      "wrong-board",
      `${image.name} is meant for ${usbId(vendorId, productId)}, ` +
        `and the device is ${usbId(idVendor, idProduct)}.`,
      { vendorId, productId },
    );
  }
  if (options.dfuse?.force) return;
  const isProgramStart = candidate.dfu.isDfuSe &&
    targetAddress(image, options) === layoutOf(candidate).segments[0].address;
  refuseOtherBoard(families, candidate, image, isProgramStart);
}
