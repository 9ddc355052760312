import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { exists, readIfThere, replaceFile } from "./files.ts";
import { unpackedPackage } from "./npm_fetch.ts";
import { usbPackage } from "./npm_packages.ts";
import { run } from "./run.ts";
import { nativeFolder, type Target, targets } from "./targets.ts";

/** How libusb is compiled for one target (platform.md 3). */
interface Recipe {
  readonly compiler: string;
  /** Debian package that brings the compiler. */
  readonly debianPackage: string;
  readonly flags: readonly string[];
  /** Files of libusb/os, besides the common ones. */
  readonly systemSources: readonly string[];
  readonly config: readonly string[];
  /** What the linker needs after the sources. */
  readonly libraries: readonly string[];
}

const commonSources = ["core", "descriptor", "hotplug", "io", "strerror", "sync"];

const linuxConfig = [
  'DEFAULT_VISIBILITY __attribute__((visibility("default")))',
  "ENABLE_LOGGING 1",
  "PLATFORM_POSIX 1",
  "PRINTF_FORMAT(a, b) __attribute__((__format__(__printf__, a, b)))",
  "HAVE_CLOCK_GETTIME 1",
  "HAVE_SYS_TIME_H 1",
  "HAVE_EVENTFD 1",
  "HAVE_TIMERFD 1",
  "HAVE_NFDS_T 1",
  "HAVE_PIPE2 1",
  "HAVE_PTHREAD_CONDATTR_SETCLOCK 1",
  "HAVE_ASM_TYPES_H 1",
  "_GNU_SOURCE 1",
];

/**
 * `-z nodelete`: once loaded the library stays mapped, so that its hotplug thread can never run in
 * memory that is gone, whatever way the process ends (the SIGSEGV of platform.md 3).
 */
const linuxFlags = ["-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-pthread", "-s"]
  .concat("-Wl,-z,nodelete", "-Wl,-soname,libusb-1.0.so.0");

const recipes: Record<Target, Recipe> = {
  "linux-x64": {
    compiler: Deno.build.arch === "x86_64" ? "gcc" : "x86_64-linux-gnu-gcc",
    debianPackage: Deno.build.arch === "x86_64" ? "gcc and libc6-dev" : "gcc-x86-64-linux-gnu",
    flags: linuxFlags,
    systemSources: ["events_posix", "threads_posix", "linux_usbfs", "linux_netlink"],
    config: linuxConfig,
    libraries: [],
  },
};

/**
 * Builds libusb for a target from the source inside the pinned npm package; quick when it is there.
 * @returns the shared library.
 * @throws MissingProgram if npm, tar or the compiler is missing.
 */
export async function buildLibusb(target: Target): Promise<URL> {
  const library = new URL(targets[target].libusb, nativeFolder(target));
  return await compile(target, library, recipes[target]);
}

/**
 * Builds libusb with another operating system below it, for tests.
 * @param backend a C file that takes the place of the files of libusb/os which speak to the system.
 */
export async function buildLibusbOn(
  backend: URL,
  target: Target,
  name: string,
  flags: readonly string[],
): Promise<URL> {
  const library = new URL(`testing/${name}`, nativeFolder(target));
  const code = createHash("sha256").update(await Deno.readFile(backend)).digest("hex");
  const systemSources = recipes[target].systemSources.filter((source) => !/^linux_/.test(source));
  const sources = [fileURLToPath(backend)];
  return await compile(target, library, {
    ...recipes[target],
    flags: [...recipes[target].flags, ...flags],
    systemSources,
  }, { sources, code });
}

async function compile(
  target: Target,
  library: URL,
  recipe: Recipe,
  extra: { readonly sources: readonly string[]; readonly code: string } = { sources: [], code: "" },
): Promise<URL> {
  const stamp = new URL(`${library.href}.recipe.json`);
  const wanted = JSON.stringify({ recipe, extra, source: usbPackage.integrity }, null, 2);
  if (await readIfThere(stamp) === wanted && await exists(library)) return library;

  const root = new URL("libusb/libusb/", await unpackedPackage(usbPackage));
  const build = await Deno.makeTempDir({ prefix: "libusb-" });
  try {
    const config = recipe.config.map((line) => `#define ${line}\n`).join("");
    await Deno.writeTextFile(`${build}/config.h`, config);
    const sources = [...commonSources, ...recipe.systemSources.map((name) => `os/${name}`)];
    const built = `${build}/${targets[target].libusb}`;
    await run(recipe.compiler, [
      ...recipe.flags,
      `-I${build}`,
      `-I${fileURLToPath(root)}`,
      `-I${fileURLToPath(new URL("os/", root))}`,
      "-o",
      built,
      ...sources.map((name) => fileURLToPath(new URL(`${name}.c`, root))),
      ...extra.sources,
      ...recipe.libraries,
    ], { hint: `on Debian: apt-get install ${recipe.debianPackage}` });
    await replaceFile(library, await Deno.readFile(built), 0o755);
    await Deno.writeTextFile(stamp, wanted);
  } finally {
    await Deno.remove(build, { recursive: true });
  }
  return library;
}
