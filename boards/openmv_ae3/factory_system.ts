import { u32 } from "../../core/common/struct.ts";
import { isEqual } from "../../core/common/bytes.ts";
import { stocChecksum, SystemTable } from "../../core/protocols/alif_isp/packets/stoc.ts";
import { TocEntry } from "../../core/protocols/alif_isp/packets/toc_table.ts";
import { rootHash } from "../../core/protocols/alif_isp/model/sample/sign.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { packageRoles } from "./boards.ts";
import { type BoardPackage, systemPackages } from "./packages.ts";
import { factoryVersions, sampleImages } from "./samples.ts";
import type { Ae3Traps } from "./traps.ts";

/**
 * Describes the enclave's firmware of a simulated camera from the factory, and what its chip
 * trusts.
 */
export interface FactorySystem {
  readonly bytes: Uint8Array;
  readonly pointer: Uint8Array;
  /** HBK0 of the chip, 16 bytes. */
  readonly root: Uint8Array;
  /** Packages with a correct signature, whose firmware the chip can decrypt. */
  readonly packages: readonly Uint8Array[];
}

/** The version in real chips of that time, before any OpenMV release. */
const OLD = "1.103.1", OLD_NUMBER = 0x0167_0100;

/**
 * Returns the given package for the camera's part and root key, otherwise a made-up one. A chip for
 * genuine packages has their root key.
 */
export function factorySystem(images: BoardImages | undefined, traps: Ae3Traps): FactorySystem {
  const root = traps.root === "production" ? "production" : "development";
  const flavour = root === "production" ? "" : "-dev";
  const { role } = packageRoles.find((one) =>
    one.variant === traps.variant && one.flavour === flavour
  )!;
  const packages = usable(images);
  const given = packages.find((one) => one.role === role);
  const isMadeUp = !given || isEqual(given.root, rootHash(root));
  const system = traps.oldPackage ? OLD : factoryVersions.system;
  const madeUp = sampleImages({ versions: { ...factoryVersions, system }, root });
  const source = given && !(traps.oldPackage && isMadeUp)
    ? { bytes: given.image.bytes, pointer: given.pointer.bytes }
    : { bytes: madeUp.get(role)!.bytes, pointer: madeUp.get(`pointer${flavour}`)!.bytes };
  return {
    bytes: traps.oldPackage && !isMadeUp ? withOldVersion(source.bytes) : source.bytes,
    pointer: source.pointer,
    root: traps.root === "none" ? new Uint8Array(16) : given?.root ?? rootHash(root),
    packages: packages.map((one) => one.image.bytes),
  };
}

/**
 * Returns the usable packages. The plan refuses damaged ones; the camera then contains a made-up
 * one.
 */
function usable(images: BoardImages | undefined): readonly BoardPackage[] {
  try {
    return images ? systemPackages(images) : [];
  } catch {
    return [];
  }
}

/**
 * Changes only the version in the table, which a checksum covers: nobody can sign an old genuine
 * package.
 */
function withOldVersion(systemPackage: Uint8Array): Uint8Array {
  const bytes = systemPackage.slice();
  const { entries } = SystemTable.offsets;
  for (const bank of [0, 1]) {
    const at = entries + bank * TocEntry.size + TocEntry.offsets.version;
    u32.write(bytes, at, OLD_NUMBER, "version");
  }
  u32.write(bytes, SystemTable.offsets.checksum, stocChecksum(bytes), "checksum");
  return bytes;
}
