import { openPosixPort } from "../posix/port.ts";
import { linuxSymbols } from "../posix/symbols.ts";
import type { SerialSystem } from "../system.ts";
import { linuxCalls } from "./calls.ts";
import { linuxLine } from "./line.ts";
import { listLinuxPorts } from "./list.ts";
import { sysfs } from "./sysfs.ts";

/** Serial ports of Linux, x64 and arm64. */
export function linuxSerial(): SerialSystem {
  const libc = Deno.dlopen("libc.so.6", linuxSymbols).symbols;
  const calls = linuxCalls(libc);
  const line = linuxLine(calls);
  const files = sysfs(libc);
  return {
    list: () => listLinuxPorts(files),
    open: (path, settings) => openPosixPort(calls, line, path, settings),
  };
}
