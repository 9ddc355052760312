/** A folder of the project (or a file), and what it may import from elsewhere. */
export interface Room {
  /** As in `core/plan/`. */
  readonly folder: string;
  /** Folders; or single files, if the rest of their folder may not be imported. */
  readonly imports: readonly string[] | "everything";
  /** From here it may import only types. */
  readonly types?: readonly string[];
  /** Exceptions from `imports`. */
  readonly not?: readonly string[];
  /** Each folder in this one may import only itself and the folders given here. */
  readonly apart?: Readonly<Record<string, readonly string[]>>;
  /** The parts that each folder in this one has, and which other parts each part may import. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
}

/** Implementations of a bus. Code that speaks a protocol uses only the interface. */
const hosts = [
  "core/transport/usb/memory.ts",
  "core/transport/usb/virtual_bus.ts",
  "core/transport/serial/memory.ts",
  "core/transport/serial/cdc_bus.ts",
];

/**
 * Which folder may import which: the table of ARCHITECTURE.md, "The tree", which a test compares
 * with this one. It applies to all files except tests (`_test.ts`), for which only `apart` applies.
 */
export const rooms: readonly Room[] = [
  { folder: "main.ts", imports: ["program.ts", "core/common/"] },
  { folder: "program.ts", imports: ["boards/", "core/", "ffi/"] },
  {
    folder: "boards/",
    imports: [
      "core/common/",
      "core/family/",
      "core/transport/",
      "core/protocols/",
      "core/device/",
      "core/image/",
      "core/plan/",
      "core/openmv_bootloader/",
    ],
    apart: {},
  },
  { folder: "core/common/", imports: [] },
  {
    folder: "core/family/",
    imports: ["core/common/"],
    types: ["core/transport/", "core/device/", "core/image/", "core/plan/"],
  },
  {
    folder: "core/transport/",
    imports: ["core/common/"],
    types: ["core/plan/hardware_action.ts"],
  },
  {
    folder: "core/protocols/",
    imports: ["core/common/", "core/transport/", "core/image/bad_image.ts"],
    not: hosts,
    apart: { serial_boot: ["dfu"] },
    parts: { packets: [], client: ["packets"], model: ["packets"] },
  },
  {
    folder: "core/device/",
    imports: ["core/common/", "core/transport/"],
    types: ["core/family/"],
    not: hosts,
  },
  {
    folder: "core/image/",
    imports: ["core/common/", "core/transport/usb/descriptors.ts"],
    types: ["core/family/"],
  },
  {
    folder: "core/plan/",
    imports: ["core/common/", "core/transport/", "core/device/"],
    types: ["core/family/", "core/image/"],
    not: hosts,
  },
  {
    folder: "core/openmv_bootloader/",
    imports: [
      "core/common/",
      "core/family/",
      "core/transport/",
      "core/protocols/dfu/",
      "core/protocols/openmv_debug/",
      "core/device/",
      "core/image/",
      "core/plan/",
    ],
  },
  {
    folder: "core/trace/",
    imports: ["core/common/", "core/transport/", "core/protocols/"],
    types: ["core/family/", "core/plan/"],
    not: hosts,
  },
  {
    folder: "core/station/",
    imports: ["core/common/", "core/transport/", "core/device/", "core/plan/"],
    types: ["core/family/", "core/image/"],
  },
  { folder: "core/cli/", imports: ["core/"] },
  {
    folder: "ffi/",
    imports: ["core/common/", "core/transport/", "core/device/holders.ts", "core/device/hidraw.ts"],
    types: ["core/device/system_files.ts"],
    not: hosts,
  },
  { folder: "tests/", imports: "everything" },
  { folder: "tools/", imports: "everything" },
];

/** The libraries of deno.json, and the folders (or files) whose files import them. */
export const libraries: Readonly<Record<string, readonly string[]>> = {
  "@clack/prompts": ["core/cli/prompts/"],
  "@optique/core": ["core/cli/arguments/", "core/cli/completion/", "tools/"],
  "@stryker-mutator/api": ["tests/mutants/"],
  "@stryker-mutator/core": ["tests/mutants/"],
  "dependency-cruiser": ["tools/"],
  "ajv": ["tests/"],
  "fast-check": ["tests/"],
  "fast-png": ["core/cli/pages/"],
  "fflate": ["core/image/", "tests/"],
  "get-east-asian-width": ["core/cli/terminal/"],
  "gettext-parser": ["core/cli/language/", "tools/"],
  "jpeg-js": ["core/cli/pages/", "core/protocols/"],
  "typescript": ["tools/"],
  "ts-json-schema-generator": ["tools/"],
  "yaml": ["tools/", "tests/"],
  "zod": ["core/image/schema.ts", "tools/"],
};
