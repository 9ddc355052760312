/**
 * The functions of setupapi.dll that describe devices. They read the system's device tree, and open
 * no device (host-systems.md 1.2).
 */
export const setupSymbols = {
  SetupDiGetClassDevsW: {
    parameters: ["buffer", "buffer", "pointer", "u32"],
    result: "pointer",
    nonblocking: true,
  },
  SetupDiEnumDeviceInfo: {
    parameters: ["pointer", "u32", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  SetupDiGetDeviceInstanceIdW: {
    parameters: ["pointer", "buffer", "buffer", "u32", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  SetupDiGetDevicePropertyW: {
    parameters: ["pointer", "buffer", "buffer", "buffer", "buffer", "u32", "buffer", "u32"],
    result: "i32",
    nonblocking: true,
  },
  SetupDiDestroyDeviceInfoList: { parameters: ["pointer"], result: "i32", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

export type SetupApi = Deno.DynamicLibrary<typeof setupSymbols>["symbols"];
