/** A folder of the project (or a file), and what it may import beside itself. */
export interface Room {
  /** As in `core/plan/`. */
  readonly folder: string;
  /** Folders, and single files where the rest of their folder is not meant. */
  readonly imports: readonly string[] | "everything";
  /** Where only types may come from. */
  readonly types?: readonly string[];
  /** Exceptions from `imports`. */
  readonly not?: readonly string[];
  /** Each folder in this one sees only itself and the other ones that it is given here. */
  readonly apart?: Readonly<Record<string, readonly string[]>>;
  /** The parts that each folder in this one has, and which other parts each part sees. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
}

/** Ways to a device. Who speaks a protocol knows only the interface in front of them. */
const hosts = [
  "core/transport/usb/memory.ts",
  "core/transport/usb/virtual_bus.ts",
  "core/transport/serial/memory.ts",
  "core/transport/serial/cdc_bus.ts",
];

/**
 * Who may import whom: the table of ARCHITECTURE.md, "The tree", which a test compares with this one.
 * It holds for all files but tests (`_test.ts`), which are kept apart from each other only by `apart`.
 */
export const rooms: readonly Room[] = [
  { folder: "main.ts", imports: ["boards/", "core/", "ffi/"] },
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
    types: ["core/plan/"],
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
  "@optique/core": ["core/cli/arguments/", "core/cli/completion/"],
  "dependency-cruiser": ["tools/"],
  "fast-check": ["tests/"],
  "fflate": ["core/image/", "tests/"],
  "get-east-asian-width": ["core/cli/terminal/"],
  "gettext-parser": ["core/cli/language/", "tools/"],
  "typescript": ["tools/"],
  "zod": ["core/image/", "core/cli/vendor/alif/"],
};
