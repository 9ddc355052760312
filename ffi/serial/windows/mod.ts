import { text } from "../../../core/common/text.ts";
import { boundedFunctions } from "../../native/bounded.ts";
import type { PortLimit, SerialSystem } from "../system.ts";
import { listWindowsPorts } from "./list.ts";
import { type PlugAndPlay, plugAndPlay } from "./plug_and_play.ts";
import { boundedKernel } from "./calls.ts";
import { openWindowsPort } from "./port.ts";
import { deviceSymbols, kernelSymbols, registrySymbols } from "./symbols.ts";

/** How long a call to Plug and Play or the registry may take, ms. */
const LIST_MS = 2_000;

/** Opens Windows' information about devices. */
export function openPlugAndPlay(limit: PortLimit): PlugAndPlay {
  const limits = { ...limit, ms: LIST_MS };
  return plugAndPlay(
    boundedFunctions(Deno.dlopen("cfgmgr32.dll", deviceSymbols).symbols, limits),
    boundedFunctions(Deno.dlopen("advapi32.dll", registrySymbols).symbols, limits),
  );
}

/**
 * Returns the serial ports of Windows. The latency timer of an FTDI adapter (16 ms) is not changed:
 * it is a value in the registry that only an administrator may change, and takes effect only after
 * the adapter is replugged.
 */
export function windowsSerial(signal?: AbortSignal): SerialSystem {
  const kernel = Deno.dlopen("kernel32.dll", kernelSymbols).symbols;
  const devices = openPlugAndPlay({ subject: text`the serial ports`, signal });
  return {
    list: () => listWindowsPorts(devices),
    open: (path, settings, limit) => openWindowsPort(boundedKernel(kernel, limit), path, settings),
  };
}
