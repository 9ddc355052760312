/**
 * The functions of Windows that serial ports need. Functions that call a driver or a service are
 * `nonblocking`, with a blocking twin if the reason of a failure is needed, because it belongs to a
 * thread. ReadFile and WriteFile only start a transfer (OVERLAPPED).
 */

export const kernelSymbols = {
  CreateFileW: {
    parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
    result: "pointer",
    nonblocking: true,
  },
  createFileNow: {
    name: "CreateFileW",
    parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"],
    result: "pointer",
  },
  CloseHandle: { parameters: ["pointer"], result: "i32", nonblocking: true },
  closeHandleNow: { name: "CloseHandle", parameters: ["pointer"], result: "i32" },
  GetLastError: { parameters: [], result: "u32" },
  CreateEventW: { parameters: ["pointer", "i32", "i32", "pointer"], result: "pointer" },
  SetEvent: { parameters: ["pointer"], result: "i32" },
  WaitForMultipleObjects: {
    parameters: ["u32", "buffer", "i32", "u32"],
    result: "u32",
    nonblocking: true,
  },
  ReadFile: { parameters: ["pointer", "buffer", "u32", "pointer", "buffer"], result: "i32" },
  WriteFile: { parameters: ["pointer", "buffer", "u32", "pointer", "buffer"], result: "i32" },
  GetOverlappedResult: {
    parameters: ["pointer", "buffer", "buffer", "i32"],
    result: "i32",
    nonblocking: true,
  },
  CancelIoEx: { parameters: ["pointer", "buffer"], result: "i32", nonblocking: true },
  GetCommState: { parameters: ["pointer", "buffer"], result: "i32", nonblocking: true },
  getCommStateNow: { name: "GetCommState", parameters: ["pointer", "buffer"], result: "i32" },
  SetCommState: { parameters: ["pointer", "buffer"], result: "i32", nonblocking: true },
  setCommStateNow: { name: "SetCommState", parameters: ["pointer", "buffer"], result: "i32" },
  SetCommTimeouts: { parameters: ["pointer", "buffer"], result: "i32", nonblocking: true },
  setCommTimeoutsNow: { name: "SetCommTimeouts", parameters: ["pointer", "buffer"], result: "i32" },
  EscapeCommFunction: { parameters: ["pointer", "u32"], result: "i32", nonblocking: true },
  escapeNow: { name: "EscapeCommFunction", parameters: ["pointer", "u32"], result: "i32" },
  ClearCommError: { parameters: ["pointer", "buffer", "buffer"], result: "i32", nonblocking: true },
  clearCommErrorNow: {
    name: "ClearCommError",
    parameters: ["pointer", "buffer", "buffer"],
    result: "i32",
  },
  PurgeComm: { parameters: ["pointer", "u32"], result: "i32", nonblocking: true },
  purgeCommNow: { name: "PurgeComm", parameters: ["pointer", "u32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Plug and Play. A DEVINST is a 32-bit number; results are CONFIGRET, 0 for success. */
export const deviceSymbols = {
  CM_Get_Device_Interface_List_SizeW: {
    parameters: ["buffer", "buffer", "pointer", "u32"],
    result: "u32",
    nonblocking: true,
  },
  CM_Get_Device_Interface_ListW: {
    parameters: ["buffer", "pointer", "buffer", "u32", "u32"],
    result: "u32",
    nonblocking: true,
  },
  CM_Get_Device_Interface_PropertyW: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "u32"],
    result: "u32",
    nonblocking: true,
  },
  CM_Locate_DevNodeW: { parameters: ["buffer", "buffer", "u32"], result: "u32", nonblocking: true },
  CM_Get_Parent: { parameters: ["buffer", "u32", "u32"], result: "u32", nonblocking: true },
  CM_Get_Device_IDW: {
    parameters: ["u32", "buffer", "u32", "u32"],
    result: "u32",
    nonblocking: true,
  },
  CM_Get_DevNode_PropertyW: {
    parameters: ["u32", "buffer", "buffer", "buffer", "buffer", "u32"],
    result: "u32",
    nonblocking: true,
  },
  CM_Open_DevNode_Key: {
    parameters: ["u32", "u32", "u32", "u32", "buffer", "u32"],
    result: "u32",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The registry. Results are Win32 errors, 0 for success. */
export const registrySymbols = {
  RegOpenKeyExW: {
    parameters: ["pointer", "buffer", "u32", "u32", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  RegQueryValueExW: {
    parameters: ["pointer", "buffer", "pointer", "buffer", "buffer", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  RegEnumValueW: {
    parameters: ["pointer", "u32", "buffer", "buffer", "pointer", "buffer", "buffer", "buffer"],
    result: "u32",
    nonblocking: true,
  },
  RegCloseKey: { parameters: ["pointer"], result: "u32", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

export type Kernel = Deno.DynamicLibrary<typeof kernelSymbols>["symbols"];
export type Devices = Deno.DynamicLibrary<typeof deviceSymbols>["symbols"];
export type Registry = Deno.DynamicLibrary<typeof registrySymbols>["symbols"];

/** Returns text for Windows: UTF-16 and a zero. */
export function wide(text: string): Uint8Array<ArrayBuffer> {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return new Uint8Array(Uint16Array.of(...units, 0).buffer);
}

/** Returns the texts of a buffer in which each ends with a zero, up to the first empty one. */
export function wideTexts(bytes: Uint8Array): string[] {
  const text = new TextDecoder("utf-16le").decode(bytes);
  const texts = text.split("\0");
  const end = texts.indexOf("");
  return end < 0 ? texts : texts.slice(0, end);
}
