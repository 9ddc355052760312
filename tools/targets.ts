/** What differs between the systems unbrick is built for. */
interface TargetFacts {
  /** The name for `deno compile --target`. */
  readonly triple: string;
  /** The file name in dist/. */
  readonly executable: string;
  /** Shared libraries inside the executable, by the names for which `ffi/native` looks. */
  readonly libusb: string;
  readonly hidapi?: string;
}

/** The systems for which unbrick is built. */
export const targets = {
  "linux-x64": {
    triple: "x86_64-unknown-linux-gnu",
    executable: "unbrick-linux-x64",
    libusb: "libusb-1.0.so",
  },
  "linux-arm64": {
    triple: "aarch64-unknown-linux-gnu",
    executable: "unbrick-linux-arm64",
    libusb: "libusb-1.0.so",
  },
  "windows-x64": {
    triple: "x86_64-pc-windows-msvc",
    executable: "unbrick-windows-x64.exe",
    libusb: "libusb-1.0.dll",
  },
  "macos-x64": {
    triple: "x86_64-apple-darwin",
    executable: "unbrick-macos-x64",
    libusb: "libusb-1.0.dylib",
    hidapi: "libhidapi.dylib",
  },
  "macos-arm64": {
    triple: "aarch64-apple-darwin",
    executable: "unbrick-macos-arm64",
    libusb: "libusb-1.0.dylib",
    hidapi: "libhidapi.dylib",
  },
} as const satisfies Record<string, TargetFacts>;

export type Target = keyof typeof targets;

/** Targets whose Deno runtime is available without Deno's own host (tools/denort.ts). */
const carriedTargets = ["linux-x64", "linux-arm64", "windows-x64"] as const;
export type CarriedTarget = typeof carriedTargets[number];

export function isCarried(target: Target): target is CarriedTarget {
  return (carriedTargets as readonly Target[]).includes(target);
}

/**
 * Returns the target that a command line names.
 * @throws Error for an unknown one
 */
export function parseTarget(name: string): Target {
  if (Object.hasOwn(targets, name)) return name as Target;
  throw new Error(
    `"${name}" is not a target that can be built; there are: ${Object.keys(targets).join(", ")}`,
  );
}

/**
 * Returns the target of this machine.
 * @throws Error if unbrick is not built for it
 */
export function hostTarget(): Target {
  const systems: Record<string, string> = { linux: "linux", windows: "windows", darwin: "macos" };
  const { os, arch } = Deno.build;
  return parseTarget(`${systems[os] ?? os}-${arch === "aarch64" ? "arm64" : "x64"}`);
}

/** The root of this project. */
export const projectRoot: URL = new URL("../", import.meta.url);

/**
 * The folder for downloads and native libraries. Git ignores it, and it may be deleted at any time.
 */
export const cacheFolder: URL = new URL(".cache/", projectRoot);

/** Returns the folder in which `ffi/native` looks for the libraries of a target. */
export function nativeFolder(target: Target): URL {
  return new URL(`native/${target}/`, cacheFolder);
}

/** Returns the path of a target's executable. */
export function executableFile(target: Target): URL {
  return new URL(`dist/${targets[target].executable}`, projectRoot);
}
