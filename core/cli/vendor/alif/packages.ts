import { join } from "node:path";
import { isZero } from "../../../protocols/alif_isp/packets/bytes.ts";
import type { FoundEnclave } from "../../../protocols/alif_isp/client/connect.ts";
import { parts } from "../../../protocols/alif_isp/packets/memory_map.ts";
import {
  checkPackageFits,
  parseSystemPackage,
  type SystemPackage,
} from "../../../protocols/alif_isp/packets/system_package.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { isFile } from "../../../image/files.ts";
import type { SerialPortInfo } from "../../../transport/serial/port.ts";
import type { Context } from "../../context.ts";
import { readPayload } from "../payload.ts";

/**
 * Returns the system package for a chip, from the `alif` folder of the SE Tools or the folder
 * itself: chosen by its part and, for production or development, by the root key that it reports
 * (alif-isp.md C.5).
 * @throws UnbrickError `not-found`, `bad-image`, `wrong-board`
 */
export function packageFromFolder(
  folder: string,
  context: Context,
  { revision }: FoundEnclave,
  { usb }: SerialPortInfo,
): SystemPackage {
  const byBridge = parts.find(({ vendorId, productId }) =>
    vendorId === usb?.vendorId && productId === usb.productId
  );
  const part = revision.part || byBridge?.part;
  if (part === undefined) {
    throw new UnbrickError(
      "wrong-board",
      "The chip does not tell its part, and its adapter does not either.",
      { unknownPart: true },
    );
  }
  const flavours = isZero(revision.hbk0) ? ["-dev"] : ["", "-dev"];
  let refusal: unknown;
  for (const flavour of flavours) {
    try {
      const system = parseSystemPackage(
        signed(folder, context, `SP-${part}-rev-b4${flavour}.bin`),
        signed(folder, context, `offset-58-rev-b4${flavour}.bin`),
      );
      checkPackageFits(system, { ...revision, part });
      return system;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

/**
 * Checks the running version. @throws UnbrickError `verify-failed` if it is not the one written.
 */
export function refuseOtherVersion(
  { version: running }: FoundEnclave,
  system: SystemPackage,
): void {
  if (running === system.version) return;
  throw new UnbrickError(
    "verify-failed",
    `The chip runs version ${running ?? "unknown"} after the package with version ` +
      `${system.version} was written.`,
    { running: running ?? null, expected: system.version },
  );
}

function signed(folder: string, context: Context, name: string) {
  const file = (name: string) => {
    const places = [join(folder, "alif", name), join(folder, name)];
    const path = places.find(isFile);
    if (path !== undefined) return { name, bytes: readPayload(path, context) };
    throw new UnbrickError(
      "not-found",
      `There is no ${name} in ${places.join(" or ")}: it comes with Alif's SE Tools.`,
      { file: name },
    );
  };
  return { ...file(name), sign: file(`${name}.sign`) };
}
