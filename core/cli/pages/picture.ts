import { encode } from "fast-png";
import jpeg from "jpeg-js";
import { UnbrickError } from "../../common/errors.ts";
import { text } from "../../common/text.ts";

/** The picture of a checked camera as a file. It comes from the camera as a JPEG. */

/**
 * Limits of decoding: the camera's picture has 0.02 million pixels (openmv-runtime.md 2.2), and its
 * JPEG could call itself larger.
 */
const limits = { maxResolutionInMP: 1, maxMemoryUsageInMB: 32, tolerantDecoding: false } as const;

const formats: Readonly<Record<string, (picture: Uint8Array) => Uint8Array>> = {
  png: asPng,
  jpg: (picture) => picture,
  jpeg: (picture) => picture,
};

/** Returns how a picture is written into a file of this name. @throws UnbrickError `usage` */
export function pictureFormat(path: string): (picture: Uint8Array) => Uint8Array {
  const ending = /\.([a-z]+)$/i.exec(path)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(formats, ending)) return formats[ending];
  throw new UnbrickError("usage", text`Give the picture a name that ends in .png or .jpg.`, {
    command: "check",
  });
}

/** Returns the same picture as a PNG. @throws UnbrickError `picture-damaged` if it is no JPEG */
function asPng(picture: Uint8Array): Uint8Array {
  try {
    const decoded = jpeg.decode(picture, { ...limits, useTArray: true, formatAsRGBA: false });
    return encode({ ...decoded, channels: 3, depth: 8 });
  } catch (cause) {
    throw new UnbrickError(
      "picture-damaged",
      text`What the camera sent as its picture cannot be decoded.`,
      {},
      { cause },
    );
  }
}
