import { boundedCalls } from "../posix/calls.ts";
import { openPosixPort } from "../posix/port.ts";
import { darwinSymbols } from "../posix/symbols.ts";
import type { SerialSystem } from "../system.ts";
import { darwinCalls } from "./calls.ts";
import { openRegistry } from "./core_foundation.ts";
import { darwinLine } from "./line.ts";
import { listDarwinPorts } from "./list.ts";

/** Returns the serial ports of macOS, x64 and arm64. Never tried on a Mac. */
export function darwinSerial(signal?: AbortSignal): SerialSystem {
  const libc = Deno.dlopen("/usr/lib/libSystem.B.dylib", darwinSymbols).symbols;
  const calls = darwinCalls(libc);
  const registry = openRegistry(signal);
  return {
    list: () => listDarwinPorts(registry),
    open: (path, settings, limit) =>
      openPosixPort(
        boundedCalls(calls, limit),
        (bounded) => darwinLine(libc, bounded),
        path,
        settings,
      ),
  };
}
