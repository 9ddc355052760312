import { boundedCalls } from "../posix/calls.ts";
import { openPosixPort } from "../posix/port.ts";
import { linuxSymbols } from "../posix/symbols.ts";
import type { SerialSystem } from "../system.ts";
import { linuxCalls } from "./calls.ts";
import { linuxLine } from "./line.ts";
import { listLinuxPorts } from "./list.ts";
import { sysfs } from "./sysfs.ts";

/** Returns the serial ports of Linux, x64 and arm64. */
export function linuxSerial(signal?: AbortSignal, library = "libc.so.6"): SerialSystem {
  const libc = Deno.dlopen(library, linuxSymbols).symbols;
  const calls = linuxCalls(libc);
  const files = sysfs(libc, signal);
  return {
    list: () => listLinuxPorts(files),
    open: (path, settings, limit) =>
      openPosixPort(boundedCalls(calls, limit), linuxLine, path, settings),
  };
}
