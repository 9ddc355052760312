/** The systems unbrick is built for. Only linux-x64 is built so far. */
export const targets = {
  "linux-x64": {
    triple: "x86_64-unknown-linux-gnu",
    executable: "unbrick-linux-x64",
    libusb: "libusb-1.0.so",
  },
} as const;

export type Target = keyof typeof targets;

/** The target named on a command line. @throws Error for an unknown one. */
export function parseTarget(name: string): Target {
  if (Object.hasOwn(targets, name)) return name as Target;
  throw new Error(
    `"${name}" is not a target that can be built; there are: ${Object.keys(targets).join(", ")}`,
  );
}

/** The root of this project. */
export const projectRoot: URL = new URL("../", import.meta.url);

/** Where downloads and native libraries are kept; ignored by git, may be deleted at any time. */
export const cacheFolder: URL = new URL(".cache/", projectRoot);

/** Where `ffi/native` looks for the libraries of a target. */
export function nativeFolder(target: Target): URL {
  return new URL(`native/${target}/`, cacheFolder);
}
