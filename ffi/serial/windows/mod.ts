import type { SerialSystem } from "../system.ts";
import { listWindowsPorts } from "./list.ts";
import { plugAndPlay } from "./plug_and_play.ts";
import { openWindowsPort } from "./port.ts";
import { deviceSymbols, kernelSymbols, registrySymbols } from "./symbols.ts";

/**
 * Serial ports of Windows. The latency timer of an FTDI adapter (16 ms) stays as it is: it is a value
 * in the registry that only an administrator may change, and only counts once the adapter is replugged.
 */
export function windowsSerial(): SerialSystem {
  const kernel = Deno.dlopen("kernel32.dll", kernelSymbols).symbols;
  const devices = plugAndPlay(
    Deno.dlopen("cfgmgr32.dll", deviceSymbols).symbols,
    Deno.dlopen("advapi32.dll", registrySymbols).symbols,
  );
  return {
    list: () => Promise.resolve(listWindowsPorts(devices)),
    open: (path, settings) => openWindowsPort(kernel, path, settings),
  };
}
