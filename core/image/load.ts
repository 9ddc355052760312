import { hex } from "../common/format.ts";
import { sha256 } from "../common/sha256.ts";
import { badImage } from "./bad_image.ts";
import { anyId, type DfuSuffix, hasDfuSuffix, parseDfuSuffix } from "./dfu_suffix.ts";
import { looksLikeDfuse, parseDfuse } from "./dfuse_file.ts";
import { refuseForeignFormat } from "./foreign.ts";
import type { Image } from "./image.ts";
import { looksLikeIntelHex, parseIntelHex } from "./intel_hex.ts";
import { joinSegments } from "./segments.ts";
import { hasSimulationMark } from "./simulation_mark.ts";
import { text } from "../common/text.ts";

export interface LoadOptions {
  readonly role: string;
  /** Base name, for messages and for its extension. */
  readonly name: string;
  readonly source: string;
  readonly version?: string;
  /** Also accepts well-known kinds that are not images. */
  readonly anyContent?: boolean;
  /** From a manifest; an image that contains the mark is always simulation-only. */
  readonly simulationOnly?: boolean;
}

/**
 * Makes an image from a file's bytes: recognises the container (DfuSe, DFU 1.1 suffix, Intel HEX)
 * by content and unpacks it; anything else is raw.
 *
 * @throws UnbrickError `bad-image`: a damaged container; a `.dfu` or `.hex` file in another format;
 * several DfuSe targets; a file of another kind (ELF, UF2, zip, …).
 */
export function loadImage(bytes: Uint8Array, options: LoadOptions): Image {
  const { role, name, source, version } = options;
  const content = unpack(bytes, name, options.anyContent);
  return {
    role,
    name,
    source,
    bytes: content.bytes,
    ...(content.address === undefined ? {} : { address: content.address }),
    ...(content.alternate === undefined ? {} : { alternate: content.alternate }),
    ...(content.usbIds === undefined ? {} : { usbIds: content.usbIds }),
    ...(version === undefined ? {} : { version }),
    sha256: sha256(content.bytes),
    ...(content.bytes !== bytes && { file: { bytes: bytes.length, sha256: sha256(bytes) } }),
    simulationOnly: (options.simulationOnly ?? false) || hasSimulationMark(content.bytes),
  };
}

/** What a container states about an image. */
export type Content = Pick<Image, "bytes" | "address" | "alternate" | "usbIds">;

/** Unpacks any known container; see `loadImage`. */
export function unpack(bytes: Uint8Array, file: string, anyContent = false): Content {
  if (looksLikeDfuse(bytes)) return unpackDfuse(bytes, file);
  if (hasDfuSuffix(bytes)) return unpackSuffixed(bytes, file);
  if (looksLikeIntelHex(bytes)) {
    const { address, bytes: content } = parseIntelHex(bytes, file);
    return { address, bytes: content };
  }
  if (!anyContent) refuseForeignFormat(bytes, file);
  const extension = /\.([^.]+)$/.exec(file)?.[1].toLowerCase();
  if (extension === "dfu") {
    throw badImage(file, text`its DFU suffix is missing, so it is truncated or not a .dfu file`, {
      offset: Math.max(0, bytes.length - 16),
    });
  }
  if (extension === "hex" || extension === "ihex") {
    throw badImage(file, text`it does not begin with an Intel HEX record`, { line: 1 });
  }
  return { bytes };
}

function unpackSuffixed(bytes: Uint8Array, file: string): Content {
  const { content, suffix } = parseDfuSuffix(bytes, file);
  if (suffix.bcdDFU === 0x011A) {
    throw badImage(file, text`it has the suffix of a DfuSe file, but no DfuSe prefix`, {
      offset: 0,
    });
  }
  return { bytes: content, ...usbIds(suffix) };
}

function unpackDfuse(bytes: Uint8Array, file: string): Content {
  const { targets, suffix } = parseDfuse(bytes, file);
  if (targets.length !== 1) {
    const alternates = targets.map((target) => target.bAlternateSetting).join(", ");
    throw badImage(
      file,
      targets.length === 0
        ? text`it contains no target`
        : text`it contains ${targets.length} targets (alternate settings ${alternates}), so it is
          several images`,
      { offset: 10 },
      { targets: targets.length },
    );
  }
  const [{ bAlternateSetting: alternate, elements }] = targets;
  return { ...joinSegments(elements, file), alternate, ...usbIds(suffix) };
}

/** Returns the device that a suffix requires, if any. */
function usbIds({ idVendor, idProduct }: DfuSuffix): Pick<Image, "usbIds"> {
  if (idVendor === anyId && idProduct === anyId) return {};
  return {
    usbIds: {
      ...(idVendor === anyId ? {} : { vendorId: idVendor }),
      ...(idProduct === anyId ? {} : { productId: idProduct }),
    },
  };
}

/**
 * Refuses an image whose container states another load address than the target's.
 *
 * @throws UnbrickError `bad-image`.
 */
export function refuseOtherAddress(image: Image, address: number): void {
  if (image.address === undefined || image.address === address) return;
  throw badImage(
    image.name,
    text`it is made for address ${hex(image.address)}, but ${image.role} belongs at
      ${hex(address)}`,
    {},
    { stated: image.address, address },
  );
}

/** Refuses an image whose DfuSe file states another alternate setting. @throws UnbrickError `bad-image` */
export function refuseOtherAlternate({ name, role, alternate }: Image, expected: number): void {
  if (alternate === undefined || alternate === expected) return;
  throw badImage(
    name,
    text`it is made for the alternate setting ${alternate}, and ${role} goes to ${expected}`,
    {},
    { stated: alternate, alternate: expected },
  );
}
