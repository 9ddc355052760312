import type { CarriedTarget } from "./targets.ts";

/**
 * A package of the npm registry of which only the files are used, pinned by the hash of its
 * tarball.
 */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the tarball, as `npm view … dist.integrity` shows it. */
  readonly integrity: string;
}

/**
 * Contains the complete libusb 1.0.30 source in `libusb/`, and a universal macOS build of it
 * (platform.md 3).
 */
export const usbPackage: PinnedPackage = {
  name: "usb",
  version: "2.18.0",
  integrity:
    "sha512-klAJPUTaSxRvTgrIh7om6UTrgRxdzioD+rJc/MaoiN8+OGdqRzai39tR00asnoCesPNikItWB9zBZoo0pJsWaA==",
};

/**
 * Contains hidapi 0.15.0 as source in `hidapi/`, and built for macOS in `prebuilds/` (platform.md
 * 3).
 */
export const hidPackage: PinnedPackage = {
  name: "node-hid",
  version: "3.4.0",
  integrity:
    "sha512-Br7EO3bJARAJBdtcsGzF/Vs5TjfbkaMdglqLQ+Rk9GOGgVqv5DxYUVH5znLerJU+OfBWw8sd552Ujcprz1bG9g==",
};

/** The version of the runtime inside each of these packages. */
export const carriedDenortVersion = "2.7.11";

/** Executables made with `deno compile`: each starts with a denort 2.7.11 (platform.md 2). */
export const denortCarriers: Record<CarriedTarget, PinnedPackage & { readonly file: string }> = {
  "linux-x64": {
    name: "@stdy/cli-linux-x64",
    version: "0.22.2",
    integrity:
      "sha512-kp5QdG26EC8gEzVXI0YgzmiiFHz7DFCNRLNfAWa2rDPHr/jUBnfkP8AlbTPmv0YNQpnKn1wzSWHFw88fn/OTog==",
    /** Path inside the package. */
    file: "bin/steady",
  },
  "linux-arm64": {
    name: "@stdy/cli-linux-arm64",
    version: "0.22.2",
    integrity:
      "sha512-HjSQdAt40CpYIauUKJ1xyIEsdrf5LtQP1x8Su7BEZJN94807ROJXxabW+jXyc48823tVBkrnxNUUTrBK4TVTRw==",
    file: "bin/steady",
  },
  "windows-x64": {
    name: "@stdy/cli-win32-x64",
    version: "0.22.2",
    integrity:
      "sha512-7ZsJltOYVvMTl6eAy1AKMya7TFhb629FXr/BKZTyQsBrPj28rAaebQSTFYs1IZN0+n6LnJTpue6m4SIkevqBNA==",
    file: "bin/steady.exe",
  },
};
