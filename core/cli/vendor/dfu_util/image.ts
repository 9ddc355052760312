import { basename } from "node:path";
import type { Image } from "../../../image/image.ts";
import { loadImage } from "../../../image/load.ts";
import { simulationOnly } from "../../../common/simulation_only.ts";
import type { Context } from "../../context.ts";
import type { DfuUtilOptions } from "./options.ts";
import { checkedPayload, readPayload } from "../payload.ts";

/**
 * Reads the image in a file, or in standard input for `-`. @throws UnbrickError `not-found`,
 * `bad-image`
 */
export async function readImage(
  path: string,
  { dfuse }: DfuUtilOptions,
  context: Context,
): Promise<Image> {
  const isInput = path === "-";
  const name = isInput ? "standard input" : basename(path);
  const bytes = isInput
    ? checkedPayload(await new Response(Deno.stdin.readable).bytes(), name, context)
    : readPayload(path, context);
  const image = loadImage(bytes, { role: "", name, source: path, anyContent: dfuse?.force });
  // The mark may be visible only after unpacking the container.
  if (image.simulationOnly) throw simulationOnly([image]);
  return image;
}
