import { openPosixPort } from "../posix/port.ts";
import { darwinSymbols } from "../posix/symbols.ts";
import type { SerialSystem } from "../system.ts";
import { darwinCalls } from "./calls.ts";
import { openRegistry } from "./core_foundation.ts";
import { darwinLine } from "./line.ts";
import { listDarwinPorts } from "./list.ts";

/** Serial ports of macOS, x64 and arm64. Never tried on a Mac. */
export function darwinSerial(): SerialSystem {
  const libc = Deno.dlopen("/usr/lib/libSystem.B.dylib", darwinSymbols).symbols;
  const calls = darwinCalls(libc);
  const line = darwinLine(libc, calls);
  const registry = openRegistry();
  return {
    list: () => Promise.resolve(listDarwinPorts(registry)),
    open: (path, settings) => openPosixPort(calls, line, path, settings),
  };
}
