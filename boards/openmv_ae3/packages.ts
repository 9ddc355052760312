import type { FoundEnclave } from "../../core/protocols/alif_isp/client/connect.ts";
import { isZero } from "../../core/protocols/alif_isp/packets/bytes.ts";
import {
  checkPackageFits,
  parseSystemPackage,
  type SystemPackage,
} from "../../core/protocols/alif_isp/packets/system_package.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { badImage } from "../../core/image/bad_image.ts";

/** The vendor's system packages among the images: one for each part and root key. */

/**
 * All that are complete, checked. They are no part of a firmware release, so there may be none.
 * @throws UnbrickError `bad-image`: damaged, or without its signature or pointer.
 */
export function systemPackages(images: BoardImages): readonly SystemPackage[] {
  const signed = (role: string) => {
    const image = images.get(role);
    if (!image) return undefined;
    const sign = images.get(`${role}-sign`);
    if (!sign) throw badImage(image.name, "its signature (.sign) is missing");
    return { ...image, sign };
  };
  return ["", "-dev"].flatMap((flavour) => {
    const pointer = signed(`pointer${flavour}`);
    return ["ae", "le"].flatMap((part) => {
      const image = signed(`system-${part}${flavour}`);
      if (!image) return [];
      if (!pointer) throw badImage(image.name, "its pointer file (offset-58-rev-b4) is missing");
      return [parseSystemPackage(image, pointer)];
    });
  });
}

/**
 * The package for this chip: for its part, and signed with the root key that it reports. A chip without
 * a root key takes the development flavour; one without a part number that of its bridge's variant
 * (alif-isp.md C.1).
 * @returns undefined if none of them fits.
 */
export function packageFor(
  packages: readonly SystemPackage[],
  { revision }: FoundEnclave,
  bridgePart: string,
): SystemPackage | undefined {
  const device = { ...revision, part: revision.part || bridgePart };
  const fits = packages.filter((system) => {
    try {
      checkPackageFits(system, device);
      return true;
    } catch {
      return false;
    }
  });
  return isZero(device.hbk0) ? fits.findLast(Boolean) : fits[0];
}

/** What to say when a package is needed and none fits. */
export function missingPackage(
  packages: readonly SystemPackage[],
  { revision }: FoundEnclave,
  bridgePart: string,
): UnbrickError {
  const part = revision.part || bridgePart;
  const has = packages.map((one) => one.image.name).join(", ");
  return new UnbrickError(
    packages.length > 0 ? "wrong-board" : "not-found",
    `The Secure Enclave needs a new system package, and ${
      has ? `none of ${has} is` : "there is none"
    } for the part ${part} with the root key ${revision.hbk0.toHex()}: ` +
      `SP-${part}-rev-b4.bin with its .sign and offset-58-rev-b4.bin with its .sign, from Alif's ` +
      `SE Tools.`,
    {
      part,
      root: revision.hbk0.toHex(),
      has: has || null,
      comesWith: "se-tools",
      role: part.endsWith("LE") ? "system-le" : "system-ae",
    },
  );
}
