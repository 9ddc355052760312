/** A package of the npm registry of which only the files are used, pinned by the hash of its tarball. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the tarball, as `npm view … dist.integrity` shows it. */
  readonly integrity: string;
}

/** Carries the complete libusb 1.0.30 source in `libusb/` (platform.md 3). */
export const usbPackage: PinnedPackage = {
  name: "usb",
  version: "2.18.0",
  integrity:
    "sha512-klAJPUTaSxRvTgrIh7om6UTrgRxdzioD+rJc/MaoiN8+OGdqRzai39tR00asnoCesPNikItWB9zBZoo0pJsWaA==",
};

/** Executables made with `deno compile`: each starts with a denort 2.7.11 (platform.md 2). */
export const denortCarriers = {
  "linux-x64": {
    name: "@stdy/cli-linux-x64",
    version: "0.22.2",
    integrity:
      "sha512-kp5QdG26EC8gEzVXI0YgzmiiFHz7DFCNRLNfAWa2rDPHr/jUBnfkP8AlbTPmv0YNQpnKn1wzSWHFw88fn/OTog==",
    /** Path inside the package. */
    file: "bin/steady",
  },
} as const satisfies Record<string, PinnedPackage & { file: string }>;
