import type { Target } from "./targets.ts";

/** How libusb is compiled for one target (platform.md 3). */
export interface Recipe {
  readonly compiler: string;
  /** Debian packages that contain the compiler. */
  readonly debianPackages: readonly string[];
  readonly flags: readonly string[];
  /** Files of libusb/os, in addition to the common ones. */
  readonly systemSources: readonly string[];
  /** Lines of config.h, without `#define`. */
  readonly config: readonly string[];
  /** What the linker gets after the sources; it finds `libusb-1.0.def` beside core.c. */
  readonly libraries: readonly string[];
}

export const commonSources = ["core", "descriptor", "hotplug", "io", "strerror", "sync"] as const;

const everywhere = [
  "ENABLE_LOGGING 1",
  "PRINTF_FORMAT(a, b) __attribute__((__format__(__printf__, a, b)))",
  "HAVE_SYS_TIME_H 1",
  "_GNU_SOURCE 1",
];

/**
 * `-z nodelete`: once loaded, the library stays mapped, so that its hotplug thread can never run in
 * unmapped memory, however the process ends (the SIGSEGV of platform.md 3).
 */
const linux = {
  flags: ["-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-pthread", "-s"]
    .concat("-Wl,-z,nodelete", "-Wl,-soname,libusb-1.0.so.0"),
  systemSources: ["events_posix", "threads_posix", "linux_usbfs", "linux_netlink"],
  config: [
    ...everywhere,
    'DEFAULT_VISIBILITY __attribute__((visibility("default")))',
    "PLATFORM_POSIX 1",
    "HAVE_CLOCK_GETTIME 1",
    "HAVE_EVENTFD 1",
    "HAVE_TIMERFD 1",
    "HAVE_NFDS_T 1",
    "HAVE_PIPE2 1",
    "HAVE_PTHREAD_CONDATTR_SETCLOCK 1",
    "HAVE_ASM_TYPES_H 1",
  ],
  libraries: [],
};

/**
 * The recipes. macOS has none: the npm package contains libusb built for it
 * (tools/macos_libraries.ts).
 */
export const recipes: Partial<Record<Target, Recipe>> = {
  "linux-x64": {
    ...linux,
    ...(Deno.build.arch === "x86_64" ? { compiler: "gcc", debianPackages: ["gcc", "libc6-dev"] } : {
      compiler: "x86_64-linux-gnu-gcc",
      debianPackages: ["gcc-x86-64-linux-gnu", "libc6-dev-amd64-cross"],
    }),
  },
  "linux-arm64": {
    ...linux,
    ...(Deno.build.arch === "aarch64"
      ? { compiler: "gcc", debianPackages: ["gcc", "libc6-dev"] }
      : {
        compiler: "aarch64-linux-gnu-gcc",
        debianPackages: ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
      }),
  },
  "windows-x64": {
    compiler: Deno.build.os === "windows" ? "gcc" : "x86_64-w64-mingw32-gcc",
    debianPackages: ["gcc-mingw-w64-x86-64"],
    // No time stamp, and no base address from the name of the output: the bytes are always the same.
    flags: ["-O2", "-shared", "-s", "-static-libgcc"]
      .concat("-Wl,--no-insert-timestamp", "-Wl,--image-base,0x180000000"),
    systemSources: ["events_windows", "threads_windows", "windows_common"]
      .concat("windows_usbdk", "windows_winusb"),
    config: [
      ...everywhere,
      "DEFAULT_VISIBILITY /**/",
      "PLATFORM_WINDOWS 1",
      "HAVE_STRUCT_TIMESPEC 1",
    ],
    libraries: ["libusb-1.0.def", "-lole32", "-ladvapi32"],
  },
};
