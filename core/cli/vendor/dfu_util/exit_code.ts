import type { UnbrickError } from "../../../common/errors.ts";

/**
 * Returns dfu-util's exit code (sysexits.h; dfu-dfuse.md C3), so that scripts keep working: 64
 * usage, 65 bad file, 66 no such file, 70 bug, 73 cannot create, 74 transfer errors and every
 * missing proof, 76 the device violated the protocol; 130 for Ctrl-C.
 */
export function dfuUtilExitCode({ kind, data }: UnbrickError): number {
  switch (kind) {
    case "usage":
      return data.exists === true ? 73 : 64;
    case "bad-image":
    case "wrong-board":
      return 65;
    case "not-found":
      return data.path === undefined ? 74 : 66;
    case "bug":
      return 70;
    case "protocol":
      return 76;
    case "cancelled":
      return 130;
    default:
      return 74;
  }
}
