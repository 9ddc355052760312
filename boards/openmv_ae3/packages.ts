import type { FoundEnclave } from "../../core/protocols/alif_isp/client/connect.ts";
import { isEqual } from "../../core/common/bytes.ts";
import { isZero } from "../../core/protocols/alif_isp/packets/bytes.ts";
import {
  checkPackageFits,
  parsePackageImage,
  pointerRoot,
  type SignedFile,
  type SystemPackage,
} from "../../core/protocols/alif_isp/packets/system_package.ts";
import { readStoc } from "../../core/protocols/alif_isp/packets/stoc.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { badImage } from "../../core/image/bad_image.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { flavours, packageRoles } from "./boards.ts";
import { text } from "../../core/common/text.ts";

/** Finds the vendor's system packages among the images: one for each part and root key. */

/** A system package with its role. */
export interface BoardPackage extends SystemPackage {
  readonly role: string;
}

/**
 * Returns all complete packages, checked. No firmware release contains them, so there may be none.
 * One without its signature or pointer is left out if another one is complete.
 *
 * @throws UnbrickError `bad-image`: damaged, or none is complete; `wrong-board`: for another part.
 */
export function systemPackages(images: BoardImages): readonly BoardPackage[] {
  const incomplete: UnbrickError[] = [];
  const signed = (role: string): SignedFile | undefined => {
    const image = images.get(role);
    if (!image) return undefined;
    const sign = images.get(`${role}-sign`);
    if (sign) return { ...image, sign };
    incomplete.push(badImage(image.name, text`its signature (.sign) is missing`));
  };
  const pointers = flavours.flatMap((flavour) => {
    const pointer = signed(`pointer${flavour}`);
    return pointer ? [{ pointer, root: pointerRoot(pointer) }] : [];
  });
  const complete = packageRoles.flatMap(({ role, part }) => {
    const image = signed(role);
    if (!image) return [];
    refuseOtherPart(image, part);
    const facts = parsePackageImage(image);
    const found = pointers.find(({ root }) => isEqual(root, facts.root));
    if (found) return [{ ...facts, role, image, pointer: found.pointer }];
    incomplete.push(
      badImage(
        image.name,
        text`its pointer file (offset-58-rev-b4), of the same root key, is missing`,
      ),
    );
    return [];
  });
  const [missing] = incomplete;
  if (missing && complete.length === 0) throw missing;
  return complete;
}

function refuseOtherPart({ name: file, bytes }: SignedFile, expected: string): void {
  const table = readStoc(bytes);
  if ("reason" in table || table.part === expected) return;
  const { part } = table;
  throw new UnbrickError(
    "wrong-board",
    text`${file} is a system package for the part ${part}; this file must be for the ${expected}.`,
    { file, part, expected },
  );
}

/**
 * Returns the package for this chip: for its part, signed with the root key it reports. A chip
 * without a root key gets the development flavour; one without a part number that of its bridge's
 * variant (alif-isp.md C.1).
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

/** Root key of chips that use the development flavour (alif-isp.md C.8). */
const DEVELOPMENT_ROOT = "f049442ecc7900a838d34c31d71e62e6";

/** Returns the error for a chip that needs a package when none fits. */
export function missingPackage(
  packages: readonly SystemPackage[],
  { revision }: FoundEnclave,
  bridgePart: string,
): UnbrickError {
  const part = revision.part || bridgePart;
  const root = revision.hbk0.toHex();
  const flavour = isZero(revision.hbk0) || root === DEVELOPMENT_ROOT ? "-dev" : "";
  const file = `SP-${part}-rev-b4${flavour}.bin`, pointer = `offset-58-rev-b4${flavour}.bin`;
  const has = packages.map((one) => one.image.name), names = has.join(", ");
  return new UnbrickError(
    packages.length > 0 ? "wrong-board" : "not-found",
    has.length > 0
      ? text`The Secure Enclave needs a new system package, and none of ${names} is for the part ${part}
      with the root key ${root}: ${file} with its .sign and ${pointer} with its .sign, from Alif's SE
      Tools.`
      : text`The Secure Enclave needs a new system package, and there is none for the part ${part} with
      the root key ${root}: ${file} with its .sign and ${pointer} with its .sign, from Alif's SE
      Tools.`,
    {
      part,
      root,
      has,
      comesWith: "se-tools",
      role: `system-${part.endsWith("LE") ? "le" : "ae"}${flavour}`,
    },
  );
}
