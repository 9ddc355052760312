import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { text } from "../../core/common/text.ts";
import { boundedKernel } from "../serial/windows/calls.ts";
import { describeUsb, isRootHub } from "../serial/windows/list.ts";
import { openPlugAndPlay } from "../serial/windows/mod.ts";
import type { PlugAndPlay } from "../serial/windows/plug_and_play.ts";
import { type Kernel, kernelSymbols, wide } from "../serial/windows/symbols.ts";
import type { HidHolder } from "./guard.ts";

/** Rights, sharing and flags of CreateFile, as libusb's own hid_open gives them (host-systems.md 3.4). */
const GENERIC_READ = 0x8000_0000, GENERIC_WRITE = 0x4000_0000;
const SHARE_READ_WRITE = 3, OPEN_EXISTING = 3, FILE_FLAG_OVERLAPPED = 0x4000_0000;
const INVALID_HANDLE = 0xFFFF_FFFF_FFFF_FFFFn;
const ERROR_ACCESS_DENIED = 5, ERROR_SHARING_VIOLATION = 32;

/**
 * Returns such a function for this Windows. @param signal ends all waits for calls that do not
 * return
 */
export function windowsHidHolder(signal?: AbortSignal): HidHolder {
  const limit = { subject: text`the HID devices`, signal };
  const kernel = Deno.dlopen("kernel32.dll", kernelSymbols).symbols;
  return exclusiveHolder(boundedKernel(kernel, limit), openPlugAndPlay(limit));
}

/**
 * Returns a function that finds out whether a program has opened a HID device exclusively: libusb
 * then silently opens it without any rights.
 */
export function exclusiveHolder(kernel: Kernel, devices: PlugAndPlay): HidHolder {
  return async (info) => {
    for (const path of await pathsOf(info, devices)) {
      if (await isHeld(kernel, path)) return "";
    }
  };
}

/**
 * Returns the HID interfaces of a device; none if it cannot be distinguished from another one with
 * the same ids.
 */
async function pathsOf(info: UsbDeviceInfo, devices: PlugAndPlay): Promise<string[]> {
  const { descriptor: { idVendor, idProduct }, portPath } = info;
  const rootHubs = (await devices.hubs()).filter(isRootHub);
  const alike: { path: string; portPath?: string }[] = [];
  for (const { path, instance } of await devices.hidInterfaces()) {
    const usb = await describeUsb(devices, instance, rootHubs);
    if (usb?.vendorId !== idVendor || usb.productId !== idProduct) continue;
    alike.push({ path, portPath: usb.portPath });
  }
  const ports = new Set(alike.map((one) => one.portPath));
  return alike.filter((one) => ports.size === 1 || one.portPath === portPath)
    .map(({ path }) => path);
}

async function isHeld(kernel: Kernel, path: string): Promise<boolean> {
  const access = (GENERIC_READ | GENERIC_WRITE) >>> 0;
  const open = [
    wide(path),
    access,
    SHARE_READ_WRITE,
    null,
    OPEN_EXISTING,
    FILE_FLAG_OVERLAPPED,
    null,
  ] as const;
  // The reason of a failure belongs to the thread, so the call is repeated on this one.
  const handle = opened(await kernel.CreateFileW(...open)) ?? opened(kernel.createFileNow(...open));
  if (handle) {
    await kernel.CloseHandle(handle);
    return false;
  }
  return [ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION].includes(kernel.GetLastError());
}

function opened(handle: Deno.PointerValue): Deno.PointerObject | undefined {
  return handle && Deno.UnsafePointer.value(handle) !== INVALID_HANDLE ? handle : undefined;
}
